import Foundation

/// How many places carry something, when they carry it in unequal parts: the exponential of the entropy of their shares
/// (Hill 1973, of order 1). One for a single place, n for n that carry equal parts.
package enum EffectiveNumber {
  /// Of the sizes of effects; `nil` if nothing has any.
  package static func of(_ effects: [Double]) -> Double? {
    let total = effects.reduce(0) { $0 + abs($1) }
    guard total > 0, total.isFinite else { return nil }
    return exp(
      effects.reduce(0) { entropy, effect in
        let share = abs(effect) / total
        return share > 0 ? entropy - share * log(share) : entropy
      })
  }
}
