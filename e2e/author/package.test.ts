import { describePackage } from '@patrol/build/testing';

describePackage(import.meta.dirname);
