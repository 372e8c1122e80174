/** Whose connections or subscriptions to end. */
export type DisconnectTarget = { readonly userId: string } | { readonly clientId: string };
