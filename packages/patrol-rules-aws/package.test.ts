import { describePackage } from '../core/src/build/package.fake.ts';

describePackage(import.meta.dirname);
