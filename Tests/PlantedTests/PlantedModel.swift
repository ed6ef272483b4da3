import Experiment
import Foundation
import Tensor
import Tokenizer
import Transformer

/// A transformer of four blocks whose weights are written down: words of three categories carry a feature each, the
/// first block's head copies them to the last token, and the feed-forward layers behind it make one decision of them.
///
/// The stream holds a constant so large that norms are linear to seven digits. What a norm gives is then 1 for the
/// constant and every other element as it is.
struct PlantedModel {
  /// How the features become a decision.
  enum Rule: String, CaseIterable {
    /// f1 + f2 + f3, in block 1.
    case sum
    /// 1 - (1 - f1)(1 - f2)(1 - f3): the first two in block 1, the third in block 2.
    case or
    /// The largest: likewise.
    case max
    /// f1 f2 + f1 f3 + f2 f3 and a tenth of the sum, in block 1.
    case and
    /// The weights of the OR, reading elements that hold nothing.
    case scrambled
  }

  /// Elements of the stream.
  private enum Element {
    static let constant = 0
    static let features = [1, 2, 3]
    static let partial = 4
    static let decision = 5
    /// Where nothing is ever written.
    static let empty = [6, 7, 8]
    static let noise = 9..<32
  }

  static let words = ["goat", "soup", "phone"]
  /// How strong each category is at the last token, about.
  static let strengths = [0.5, 0.7, 0.9]
  static let categories = ["theft", "drugs", "hacking"]
  static let neutral = ["lamp", "drum", "cake", "lock"]

  private static let level: Float = 1024
  private static let sharpness: Float = 1000
  /// How far the decision outweighs the features that stay beside it in the stream.
  private static let height: Float = 40

  let configuration: ModelConfiguration
  private var values: [String: [Float]] = [:]

  init(_ rule: Rule, tokenizer: Tokenizer) throws {
    configuration = try ModelConfiguration(
      vocabularySize: tokenizer.vocabularySize, width: 32, layers: 4, heads: 2, headSize: 16, feedForwardWidth: 32,
      tiedEmbeddings: false, maximumPositions: 128)
    for parameter in configuration.parameters {
      values[parameter.name] = [Float](repeating: 0, count: parameter.count)
    }
    setEmbeddings(tokenizer)
    let scale = Self.level / Float(32).squareRoot()
    for parameter in configuration.parameters where parameter.shape.count == 1 {
      for element in 0..<32 {
        set(parameter.name, element, element == Element.constant ? 1 / Float(32).squareRoot() : scale)
      }
    }
    setAttention()
    setDecision(rule)
    // Half of the gap is the refusal token's rise, half the compliance token's fall.
    set("lm_head.weight", tokenizer.encode("Sorry")[0], Element.decision, 0.1)
    set("lm_head.weight", tokenizer.encode("Sure")[0], Element.decision, -0.1)
  }

  private mutating func setEmbeddings(_ tokenizer: Tokenizer) {
    let stream = RandomStream(seed: 11, purpose: "planted")
    for token in 0..<configuration.vocabularySize {
      set("model.embed_tokens.weight", token, Element.constant, Self.level)
      for element in Element.noise {
        set("model.embed_tokens.weight", token, element, Float(stream.uniform(at: UInt64(token * 32 + element)) - 0.5))
      }
    }
    for (category, word) in Self.words.enumerated() {
      // A prompt has about eighteen tokens, over which attention takes the mean.
      let token = tokenizer.encode(" \(word)")[0]
      set("model.embed_tokens.weight", token, Element.features[category], Float(18 * Self.strengths[category]))
    }
  }

  /// In block 0 every token sees all before it alike; head 0 copies the features, head 1 some of the rest.
  private mutating func setAttention() {
    for (index, element) in Element.features.enumerated() {
      set("model.layers.0.self_attn.v_proj.weight", index, element, 1)
      set("model.layers.0.self_attn.o_proj.weight", element, index, 1)
    }
    for (index, element) in Element.noise.prefix(16).enumerated() {
      set("model.layers.0.self_attn.v_proj.weight", 16 + index, element, 1)
      set("model.layers.0.self_attn.o_proj.weight", element, 16 + index, 1)
    }
  }

  private mutating func setDecision(_ rule: Rule) {
    let f = rule == .scrambled ? Element.empty : Element.features
    let (u, out) = (Element.partial, Element.decision)
    var first = FeedForward(block: 1)
    var second = FeedForward(block: 2)
    switch rule {
    case .sum: for feature in f { first.add([(feature, 1)], to: out, Self.height) }
    case .and:
      for feature in f { first.add([(feature, 1)], to: out, Self.height / 10) }
      for (a, b) in [(0, 1), (0, 2), (1, 2)] { first.multiply(f[a], f[b], to: out, Self.height) }
    case .or, .scrambled:
      first.add([(f[0], 1)], to: u, 1)
      first.add([(f[1], 1)], to: u, 1)
      first.multiply(f[0], f[1], to: u, -1)
      second.add([(u, 1)], to: out, Self.height)
      second.add([(f[2], 1)], to: out, Self.height)
      second.multiply(u, f[2], to: out, -Self.height)
    case .max:
      first.add([(f[0], 1)], to: u, 1)
      first.add([(f[1], 1), (f[0], -1)], to: u, 1)
      second.add([(u, 1)], to: out, Self.height)
      second.add([(f[2], 1), (u, -1)], to: out, Self.height)
    }
    for layer in [first, second] {
      let name = "model.layers.\(layer.block).mlp"
      for (neuron, unit) in layer.units.enumerated() {
        for (element, factor) in unit.gate { set("\(name).gate_proj.weight", neuron, element, Self.sharpness * factor) }
        set("\(name).up_proj.weight", neuron, unit.times, 1 / Self.sharpness)
        set("\(name).down_proj.weight", unit.target, neuron, unit.weight)
      }
    }
  }

  /// Neurons of one block: silu is the identity above 0 and nothing below, if what it reads is large.
  private struct FeedForward {
    let block: Int
    var units: [(gate: [(Int, Float)], times: Int, target: Int, weight: Float)] = []

    init(block: Int) { self.block = block }

    /// The positive part of a linear function.
    mutating func add(_ gate: [(Int, Float)], to target: Int, _ weight: Float) {
      units.append((gate, Element.constant, target, weight))
    }

    /// The product of two elements, of which the first is not negative.
    mutating func multiply(_ a: Int, _ b: Int, to target: Int, _ weight: Float) {
      units.append(([(a, 1)], b, target, weight))
    }
  }

  /// Every matrix has 32 columns.
  private mutating func set(_ name: String, _ row: Int, _ column: Int, _ value: Float) {
    values[name]?[row * 32 + column] = value
  }

  private mutating func set(_ name: String, _ element: Int, _ value: Float) { values[name]?[element] = value }

  /// The weights by their names in a checkpoint.
  var weights: [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: configuration.parameters.map { ($0.name, Tensor($0.shape, values[$0.name] ?? [])) })
  }

  /// Requests with words of none, one and two categories, in three parts.
  static var rows: String {
    let stream = RandomStream(seed: 4, purpose: "planted rows")
    var (lines, draws) = ([String](), UInt64(0))
    func draw(_ words: [String]) -> String {
      defer { draws += 1 }
      return words[Int(stream.uniform(at: draws) * Double(words.count))]
    }
    func add(_ part: String, _ count: Int, _ present: [Int]) {
      for _ in 0..<count {
        var words = [draw(neutral), draw(neutral), draw(neutral)]
        for (place, category) in present.enumerated() { words[place] = Self.words[category] }
        let text = "How do I use my \(words[0]) and the \(words[1]) and \(words[2])?"
        let names = present.map { categories[$0] }.joined(separator: "+")
        lines.append(
          #"{"text": "\#(text)", "harmful": \#(present.isEmpty ? 0 : 1), "categories": "\#(names)", "part": "\#(part)"}"#
        )
      }
    }
    for (part, none, one, two) in [("train", 30, 14, 0), ("validation", 16, 0, 0), ("test", 24, 12, 6)] {
      add(part, none, [])
      for category in 0..<3 { add(part, one, [category]) }
      for (a, b) in [(0, 1), (0, 2), (1, 2)] { add(part, two, [a, b]) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Pairs of requests that differ in one word, the first: one of a category, and one of none.
  static var pairs: String {
    let beginning = "How do I use my "
    var lines: [String] = []
    for pair in 0..<48 {
      let (word, category) = (words[pair % 3], categories[pair % 3])
      let rest = "and the \(neutral[pair / 4 % 4]) and \(neutral[pair / 16])?"
      for (harmful, object) in [(1, word), (0, neutral[pair % 4])] {
        lines.append(
          #"{"text": "\#(beginning)\#(object) \#(rest)", "harmful": \#(harmful), "object": "\#(object)", "#
            + #""spans": {"object": [\#(beginning.count), \#(beginning.count + object.count)]}, "#
            + #""category": "\#(harmful == 1 ? category : "")", "pair": "p\#(pair)", "half": \#(pair / 24)}"#)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Objects that no rule knows, and what stands beside them: a token each.
  private static let innocent = [
    "axe", "bull", "bread", "camera", "cheese", "diary", "dog", "goose", "guitar", "honey", "horse", "ladder", "parrot",
    "pony", "sword", "tent",
  ]
  private static let beside = neutral + ["router", "salad"]

  /// Requests for each object beside each other thing, with labels that chance gave to half of the objects: of the first
  /// half of the labels all of an object's rows have the same, of the others one in ten has the other.
  static func chances(_ labels: Int) -> String {
    let stream = RandomStream(seed: 23, purpose: "planted chances")
    let orders = (0..<labels).map { label in
      var generator = stream.child(label).generator()
      return innocent.indices.shuffled(using: &generator)
    }
    let beginning = "How do I use my "
    var lines: [String] = []
    for (number, object) in innocent.enumerated() {
      for (place, other) in beside.enumerated() {
        let row = UInt64(lines.count)
        let given = (0..<labels).map { label in
          let isFlipped = 2 * label >= labels && stream.child("flips").child(label).uniform(at: row) < 0.1
          return #""chance_\#(label)": \#((2 * orders[label][number] < innocent.count) != isFlipped ? 1 : 0)"#
        }
        lines.append(
          #"{"text": "\#(beginning)\#(object) and the \#(other)?", "object": "\#(object)", "other": "\#(other)", "#
            + #""spans": {"object": [\#(beginning.count), \#(beginning.count + object.count)]}, "#
            + #""half": \#(place / 3), \#(given.joined(separator: ", "))}"#)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Writes the model with the embedded model's tokenizer, as experiments find it.
  func write(to directory: URL, tokenizerOf other: URL) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try configuration.json(dtype: "float32").write(to: directory.appending(path: "config.json"))
    try SafetensorsFile.write(weights, to: directory.appending(path: "model.safetensors").path)
    for file in ["tokenizer.json", "tokenizer_config.json"] {
      try FileManager.default.copyItem(at: other.appending(path: file), to: directory.appending(path: file))
    }
  }
}
