/** Sparse vectors one after the other (CSR): row r holds columns[start[r]..start[r+1]] with their values. */
export interface SparseRows {
  readonly start: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
  /** Number of columns. */
  readonly features: number;
}
