/** Softmax: the probability of each candidate, in the order of their lines. `values`: a line of numbers for each, laid end to end. */
export function shareOut(values: Float64Array, weights: Float64Array): Float64Array {
  const width = weights.length;
  const shares = new Float64Array(values.length / width);
  let top = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < shares.length; c++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (weights[k] as number) * (values[c * width + k] as number);
    shares[c] = sum;
    if (sum > top) top = sum;
  }
  let total = 0;
  for (let c = 0; c < shares.length; c++) {
    shares[c] = Math.exp((shares[c] as number) - top);
    total += shares[c] as number;
  }
  for (let c = 0; c < shares.length; c++) shares[c] = (shares[c] as number) / total;
  return shares;
}
