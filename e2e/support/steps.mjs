// The steps of a story: each stands on the one before, so after a failure the others would only wait in vain.
import { test } from 'node:test';

export function steps() {
  let failed = null;
  return (name, step) => test(name, async () => {
    if (failed !== null) throw new Error(`not reached: failed at "${failed}"`);
    try {
      await step();
    } catch (failure) {
      failed = name;
      throw failure;
    }
  });
}
