// packages/request, which stands for the deprecated package of that name (see packages/README.md).
declare module 'request' {
  const request: {
    /** Calls made inside `run` end when `signal` does. */
    abortable<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T>;
  };
  export default request;
}
