/** Whether everything is tested (`pnpm e2e:full`), or as much as every change waits for (`pnpm e2e`). */
export const isFull: boolean = process.env['PATROL_E2E'] === 'full';
