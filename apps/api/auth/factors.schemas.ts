import Type, { type Static } from 'typebox';
import { base, component, described, instant, nullable, text, words } from '../http/schema.js';
import { token } from './auth.schemas.js';

const Factor = component(
  'Factor',
  Type.Object({
    factor_id: text,
    kind: words('totp', 'passkey'),
    name: nullable(text),
    created_at: instant,
    last_used_at: nullable(instant),
  }),
);
export const Factors = Type.Object({ data: Type.Array(Factor), recovery_codes_left: Type.Integer() });
export type Factors = Static<typeof Factors>;

export const NewTotp = Type.Object({
  factor_id: text,
  secret: described(text, 'Base32, to be typed where nothing can be scanned'),
  uri: described(text, 'otpauth://'),
  qr_svg: described(text, 'the URI as a QR code, in SVG'),
});
export type NewTotp = Static<typeof NewTotp>;

const recovery_codes = {
  recovery_codes: described(
    Type.Array(text),
    'shown this once; each good for one sign-in. Empty where those before are still good',
  ),
};
export const RecoveryCodes = base('RecoveryCodes', Type.Object(recovery_codes));
export type RecoveryCodes = Static<typeof RecoveryCodes>;

export const EnrolledFactor = component('EnrolledFactor', Type.Object({ ...recovery_codes, ...token }));
export type EnrolledFactor = Static<typeof EnrolledFactor>;
