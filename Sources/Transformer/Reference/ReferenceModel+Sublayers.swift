import Foundation
import Tensor

extension ReferenceModel {
  /// Grouped-query causal attention: `[tokens][d_model]` to `[tokens][d_model]`, and each sequence's pattern,
  /// `[heads][query][key]`.
  func attend(
    _ x: [[Double]], layer: Int, sequences: [Range<Int>]
  ) throws -> (output: [[Double]], patterns: [[[[Double]]]]) {
    let c = configuration
    func heads(_ role: Parameter.Role, _ count: Int, norm: Parameter.Role? = nil, isTurned: Bool) throws -> [[Double]] {
      // [tokens][count * d_head]
      var rows = try project(x, role, outputs: count * c.headSize)
      if let norm { rows = try normaliseHeads(rows, norm) }
      guard isTurned, !c.architecture.hasLearnedPositions else { return rows }
      return sequences.flatMap { rotate(rows[$0], heads: count, layer: layer) }
    }
    let q = try heads(.query(layer: layer), c.heads, norm: .queryNorm(layer: layer), isTurned: true)
    let k = try heads(.key(layer: layer), c.keyValueHeads, norm: .keyNorm(layer: layer), isTurned: true)
    let v = try heads(.value(layer: layer), c.keyValueHeads, isTurned: false)
    let mixed = sequences.map { mix(Array(q[$0]), Array(k[$0]), Array(v[$0]), layer: layer) }
    return (
      try project(mixed.flatMap(\.values), .attentionOutput(layer: layer), outputs: c.width), mixed.map(\.pattern)
    )
  }

  /// What each position of one sequence takes of the values of those that it sees: `[tokens][heads * d_head]`.
  private func mix(
    _ q: [[Double]], _ k: [[Double]], _ v: [[Double]], layer: Int
  ) -> (values: [[Double]], pattern: [[[Double]]]) {
    let c = configuration
    let tokens = q.count
    let scale = c.scoreScale ?? 1 / Double(c.headSize).squareRoot()
    var pattern = Array(
      repeating: Array(repeating: Array(repeating: 0.0, count: tokens), count: tokens), count: c.heads)
    var mixed = Array(repeating: Array(repeating: 0.0, count: c.queryWidth), count: tokens)
    for head in 0..<c.heads {
      let own = head * c.headSize
      let shared = head / (c.heads / c.keyValueHeads) * c.headSize
      for query in 0..<tokens {
        // A query sees the keys up to its own position, or the last few of them: the others are never looked at.
        let seen = max(0, query + 1 - (c.window(layer: layer) ?? tokens))...query
        let scores = seen.map { key in
          capped(
            (0..<c.headSize).reduce(0) { $0 + q[query][own + $1] * k[key][shared + $1] } * scale, at: c.scoreCap)
        }
        let largest = scores.max() ?? 0
        let exponentials = scores.map { exp($0 - largest) }
        let total = exponentials.reduce(0, +)
        for (key, exponential) in zip(seen, exponentials) {
          let share = exponential / total
          pattern[head][query][key] = share
          for i in 0..<c.headSize { mixed[query][own + i] += share * v[key][shared + i] }
        }
      }
    }
    return (mixed, pattern)
  }

  /// `down(activation(gate(x)) * up(x))` (Shazeer 2020), or `down(activation(up(x)))` where there is no gate:
  /// `[tokens][d_model]` to `[tokens][d_model]`.
  func feedForward(_ x: [[Double]], layer: Int) throws -> [[Double]] {
    let c = configuration
    // [tokens][d_mlp]
    let up = try project(x, .up(layer: layer), outputs: c.feedForwardWidth)
    guard c.architecture.isGated else {
      return try project(up.map { $0.map(activate) }, .down(layer: layer), outputs: c.width)
    }
    let gate = try project(x, .gate(layer: layer), outputs: c.feedForwardWidth)
    let hidden = zip(gate, up).map { gate, up in zip(gate, up).map { activate($0) * $1 } }
    return try project(hidden, .down(layer: layer), outputs: c.width)
  }

  private func activate(_ x: Double) -> Double {
    switch configuration.architecture.activation {
    case .silu: x / (1 + exp(-x))
    case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
    case .geluTanh: x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
    case .relu: max(x, 0)
    }
  }

  func capped(_ x: Double, at cap: Double?) -> Double { cap.map { $0 * tanh(x / $0) } ?? x }

  // MARK: Norms

  /// Each row normalised by what the architecture calls a norm; unchanged where it has none in that place.
  func norm(_ x: [[Double]], _ role: Parameter.Role) throws -> [[Double]] {
    guard let weight = try vector(role) else { return x }
    let bias = try vector(.bias(of: role))
    return x.map { normalised($0[...], weight, bias) }
  }

  /// Queries or keys: each head by itself, or all of a position together.
  private func normaliseHeads(_ x: [[Double]], _ role: Parameter.Role) throws -> [[Double]] {
    guard let weight = try vector(role) else { return x }
    return x.map { row in
      stride(from: 0, to: row.count, by: weight.count).flatMap { begin in
        normalised(row[begin..<begin + weight.count], weight, nil)
      }
    }
  }

  private func normalised(_ x: ArraySlice<Double>, _ weight: [Double], _ bias: [Double]?) -> [Double] {
    let epsilon = configuration.normEpsilon
    let count = Double(x.count)
    switch configuration.architecture.norm {
    case .rms, .zeroCentredRMS:
      let offset = configuration.architecture.norm == .zeroCentredRMS ? 1.0 : 0
      let scale = (x.reduce(0) { $0 + $1 * $1 } / count + epsilon).squareRoot()
      return zip(x, weight).map { $0 / scale * (offset + $1) }
    case .layer:
      let mean = x.reduce(0, +) / count
      let scale = (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count + epsilon).squareRoot()
      return zip(x, weight).enumerated().map { i, pair in
        (pair.0 - mean) / scale * pair.1 + (bias.map { $0[i] } ?? 0)
      }
    }
  }

  // MARK: Linear maps

  /// `x . weight^T + bias`: `[tokens][inputs]` to `[tokens][outputs]`, for weights `[outputs, inputs]`.
  ///
  /// Each sum runs over the inputs in increasing order. Eight tokens' sums run side by side, each by itself, and outputs
  /// are divided among threads: that changes the time and no bit.
  func project(_ x: [[Double]], _ role: Parameter.Role, outputs: Int) throws -> [[Double]] {
    let bias = try vector(.bias(of: role))
    let groups = sideBySide(x)
    var y = x.map { _ in [Double]() }
    for token in y.indices { y[token].reserveCapacity(outputs) }
    try withRows(of: role) { weight in
      for first in stride(from: 0, to: outputs, by: Self.together) {
        let part = first..<min(first + Self.together, outputs)
        // [outputs of the part][groups][8]
        let sums = [Double](unsafeUninitializedCapacity: 8 * part.count * groups.count) { sums, count in
          nonisolated(unsafe) let sums = sums
          Threads.split(part.count) { range in
            for output in range {
              let row = weight(first + output)
              for (index, group) in groups.enumerated() {
                let place = 8 * (output * groups.count + index)
                Self.multiply(group, row, into: UnsafeMutableBufferPointer(rebasing: sums[place..<place + 8]))
              }
            }
          }
          count = sums.count
        }
        for token in x.indices {
          for output in part {
            let place = 8 * ((output - first) * groups.count + token / 8) + token % 8
            y[token].append(sums[place] + (bias?[output] ?? 0))
          }
        }
      }
    }
    return y
  }

  /// Outputs of which the sums are held apart from the rows that they go into.
  private static var together: Int { 4_096 }

  /// Eight tokens' numbers in the place of one: `[tokens / 8][inputs * 8]`, with zeros behind the last token.
  private func sideBySide(_ x: [[Double]]) -> [[Double]] {
    stride(from: 0, to: x.count, by: 8).map { first in
      var numbers = Array(repeating: 0.0, count: 8 * x[first].count)
      for token in first..<min(first + 8, x.count) {
        for (input, number) in x[token].enumerated() { numbers[8 * input + token - first] = number }
      }
      return numbers
    }
  }

  /// `sums[t] = sum over i of x[i * 8 + t] * weight[i]`. The eight have names so that they stay where it is fast to add.
  private static func multiply(_ x: [Double], _ weight: [Double], into sums: UnsafeMutableBufferPointer<Double>) {
    x.withUnsafeBufferPointer { x in
      weight.withUnsafeBufferPointer { weight in
        var (a, b, c, d, e, f, g, h) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        var input = 0
        while input < weight.count {
          let (w, token) = (weight[input], 8 * input)
          a += x[token] * w
          b += x[token + 1] * w
          c += x[token + 2] * w
          d += x[token + 3] * w
          e += x[token + 4] * w
          f += x[token + 5] * w
          g += x[token + 6] * w
          h += x[token + 7] * w
          input += 1
        }
        for (token, sum) in [a, b, c, d, e, f, g, h].enumerated() { sums[token] = sum }
      }
    }
  }

  /// Turns the pair `(i, i + width / 2)` of every head by `position * frequency[i]`; what lies behind the first `width`
  /// elements of a head stays.
  private func rotate(_ x: ArraySlice<[Double]>, heads: Int, layer: Int) -> [[Double]] {
    let c = configuration
    let rotary = c.rotary(layer: layer)
    let stretched = rotary.longRope
    let isLong = stretched.map { x.count > $0.originalMaximumPositions } ?? false
    let frequencies = rotary.frequencies(headSize: c.headSize, isLong: isLong)
    let magnitude = stretched?.attentionFactor ?? 1
    let half = frequencies.count
    return x.enumerated().map { position, row in
      var turned = row
      for head in 0..<heads {
        for i in 0..<half {
          let angle = Double(position) * frequencies[i]
          let (cosine, sine) = (cos(angle) * magnitude, sin(angle) * magnitude)
          let a = head * c.headSize + i
          turned[a] = row[a] * cosine - row[a + half] * sine
          turned[a + half] = row[a + half] * cosine + row[a] * sine
        }
      }
      return turned
    }
  }

  func sum(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    zip(a, b).map { zip($0, $1).map(+) }
  }
}
