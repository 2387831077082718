// Core's own test helper: it is not published.
import { describePackage } from '../core/src/build/package.fake.ts';

describePackage(import.meta.dirname);
