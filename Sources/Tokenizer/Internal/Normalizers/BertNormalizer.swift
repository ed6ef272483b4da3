/// BERT's cleaning of text (Devlin et al. 2019): control characters, ideographs, accents, case.
struct BertNormalizer: Sendable {
  /// Whether control characters go and white space becomes a plain space.
  let cleansText: Bool
  /// Whether ideographs stand between spaces.
  let separatesIdeographs: Bool
  /// Whether accents go.
  let stripsAccents: Bool
  let lowercases: Bool

  func apply(to segment: inout Segment) {
    if cleansText { segment.mapScalars(Self.cleaned) }
    if separatesIdeographs { segment.mapScalars { Self.isIdeograph($0) ? " \($0) " : nil } }
    if stripsAccents {
      UnicodeForm.nfd.apply(to: &segment)
      segment.mapScalars { $0.properties.generalCategory == .nonspacingMark ? "" : nil }
    }
    if lowercases { Normalizer.lowercase(&segment) }
  }

  private static func cleaned(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case " "..."~": return nil
    case "\t", "\n", "\r": return " "
    case "\u{0}", "\u{FFFD}": return ""
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse: return ""
    default: return scalar.properties.isWhitespace ? " " : nil
    }
  }

  /// The blocks of ideographs that BERT knows.
  private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
