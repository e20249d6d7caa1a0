/** Jest's node environment, but with globals of an ordinary context: behind Jest's own is a Proxy, and each `Math` or `Date` costs a call of it. */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

export default class PlainGlobals extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
