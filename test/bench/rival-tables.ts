export const RIVAL_TABLES = `
CREATE TABLE items (item_id text PRIMARY KEY, on_hand bigint NOT NULL CHECK (on_hand >= 0), value bigint NOT NULL);
CREATE TABLE counters (series text PRIMARY KEY, last bigint NOT NULL);
CREATE TABLE sales (number text PRIMARY KEY, customer_id text NOT NULL, total bigint NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE sale_lines (number text NOT NULL REFERENCES sales, line int NOT NULL, item_id text NOT NULL, quantity bigint NOT NULL,
  unit_price numeric NOT NULL, total bigint NOT NULL, cost bigint NOT NULL, PRIMARY KEY (number, line));
INSERT INTO counters VALUES ('SO', 0);
CREATE FUNCTION record_sale(customer text, lines jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line record; item items; seq bigint; bill text; cost bigint; n int := 0;
BEGIN
  FOR line IN SELECT l->>'item_id' AS item_id, (l->>'quantity')::bigint AS quantity FROM jsonb_array_elements(lines) l ORDER BY 1 LOOP
    SELECT * INTO item FROM items WHERE item_id = line.item_id FOR UPDATE;
    IF item.on_hand IS NULL OR item.on_hand < line.quantity THEN
      RAISE EXCEPTION 'insufficient_stock' USING DETAIL = line.item_id || ' ' || coalesce(item.on_hand, 0), ERRCODE = 'P0001';
    END IF;
  END LOOP;
  UPDATE counters SET last = last + 1 WHERE series = 'SO' RETURNING last INTO seq;
  bill := 'SO-' || to_char(now(), 'YYMMDD') || '-' || lpad(seq::text, greatest(4, length(seq::text)), '0');
  INSERT INTO sales (number, customer_id, total)
    SELECT bill, customer, sum(round((l->>'quantity')::bigint * (l->>'unit_price')::numeric * 100)) FROM jsonb_array_elements(lines) l;
  FOR line IN SELECT l->>'item_id' AS item_id, (l->>'quantity')::bigint AS quantity, (l->>'unit_price')::numeric AS price
      FROM jsonb_array_elements(lines) l LOOP
    SELECT * INTO item FROM items WHERE item_id = line.item_id;
    cost := CASE WHEN line.quantity = item.on_hand THEN item.value ELSE round(item.value::numeric * line.quantity / item.on_hand) END;
    UPDATE items SET on_hand = on_hand - line.quantity, value = value - cost WHERE item_id = line.item_id;
    n := n + 1;
    INSERT INTO sale_lines VALUES (bill, n, line.item_id, line.quantity, line.price, round(line.quantity * line.price * 100), cost);
  END LOOP;
  RETURN bill;
END $$;`;
