import Foundation
import Tensor

/// What a decoder-only transformer computes, apart from its weights: read from `config.json`, or written down in code.
///
/// Names of lengths in comments on shapes: `vocab` = ``vocabularySize``, `d_model` = ``width``, `heads`,
/// `kv_heads` = ``keyValueHeads``, `d_head` = ``headSize``, `d_mlp` = ``feedForwardWidth``.
public struct ModelConfiguration: Hashable, Sendable, Codable {
  /// Which family's tensor names and block layout apply.
  public var family: ModelFamily
  /// Number of token ids.
  public var vocabularySize: Int
  /// Width of the residual stream, `d_model`.
  public var width: Int
  /// Number of blocks.
  public var layers: Int
  /// Query heads per block.
  public var heads: Int
  /// Key and value heads per block; each serves `heads / keyValueHeads` query heads (grouped-query attention).
  public var keyValueHeads: Int
  /// Width of one head, `d_head`; not always `width / heads`.
  public var headSize: Int
  /// Width of the feed-forward layer, `d_mlp`.
  public var feedForwardWidth: Int
  /// How blocks differ from Llama's.
  public var architecture = Architecture()
  /// Added to the mean square, or the variance, inside each norm.
  public var normEpsilon: Double
  /// How positions turn queries and keys, where they do.
  public var rotary: Rotary
  /// How they do in layers with a window, where that differs (Gemma 3).
  public var localRotary: Rotary?
  /// How many keys up to its own position a query sees, in the layers of ``slidingLayers``.
  public var slidingWindow: Int?
  /// For each layer whether it has the window; empty if none has.
  public var slidingLayers: [Bool] = []
  /// What scores are multiplied with; `1 / sqrt(d_head)` if not set.
  public var scoreScale: Double?
  /// Scores become `cap * tanh(score / cap)` (Gemma 2).
  public var scoreCap: Double?
  /// Logits become `cap * tanh(logit / cap)` (Gemma 2).
  public var logitCap: Double?
  /// What embeddings are multiplied with as they enter the residual stream: `sqrt(d_model)` in Gemma.
  public var embeddingScale = 1.0
  /// Whether the unembedding is the embedding's transpose and has no tensor of its own.
  public var tiedEmbeddings: Bool
  /// The longest sequence that the model was made for.
  public var maximumPositions: Int
  /// The id that begins a text, where there is one.
  public var beginningOfText: Int?
  /// The ids that end a text.
  public var endOfText: [Int]

  /// A configuration written down in code, for a model that is to be trained or tested.
  ///
  /// - Throws: ``ConfigurationError/inconsistent(file:problem:)`` if the sizes do not fit each other.
  public init(
    family: ModelFamily = .llama, vocabularySize: Int, width: Int, layers: Int, heads: Int,
    keyValueHeads: Int? = nil, headSize: Int? = nil, feedForwardWidth: Int, normEpsilon: Double = 1e-5,
    rotary: Rotary = Rotary(base: 10_000), tiedEmbeddings: Bool = true, maximumPositions: Int = 2_048,
    beginningOfText: Int? = nil, endOfText: [Int] = []
  ) throws {
    self.family = family
    self.vocabularySize = vocabularySize
    self.width = width
    self.layers = layers
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.headSize = headSize ?? (heads > 0 ? width / heads : 0)
    self.feedForwardWidth = feedForwardWidth
    self.normEpsilon = normEpsilon
    self.rotary = rotary
    self.tiedEmbeddings = tiedEmbeddings
    self.maximumPositions = maximumPositions
    self.beginningOfText = beginningOfText
    self.endOfText = endOfText
    try check()
  }

  /// Reads a `config.json` as Hugging Face writes it, with the keys of versions before and after 5.
  ///
  /// - Throws: ``ConfigurationError`` if the file is missing or malformed, lacks a required key, names an
  ///   architecture that is not known, or asks for a computation that this engine does not do.
  public init(contentsOf file: URL) throws {
    let reader = try ConfigurationReader(contentsOf: file)
    do {
      self = try ModelFamily.named(in: reader).configuration(from: reader)
      try check()
    } catch ConfigurationError.inconsistent(_, let problem) {
      throw ConfigurationError.inconsistent(file: file.path, problem: problem)
    }
  }

  /// The configuration of a model directory or a GGUF file.
  ///
  /// - Throws: as ``init(contentsOf:)``; `FileError` or `GGUFError` for a GGUF file that cannot be read.
  public init(of model: URL) throws {
    if GGUFFile.isOne(model) {
      self = try GGUFCheckpoint(path: model.path).configuration
    } else {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: model.path, isDirectory: &isDirectory), isDirectory.boolValue
      else { throw CheckpointError.noDirectory(path: model.path) }
      try self.init(contentsOf: model.appending(path: "config.json"))
    }
  }

  /// The window of a layer: how many keys up to its own position a query sees there; `nil` for all.
  public func window(layer: Int) -> Int? {
    slidingLayers.indices.contains(layer) && slidingLayers[layer] ? slidingWindow : nil
  }

  /// How positions turn the queries and keys of a layer.
  public func rotary(layer: Int) -> Rotary {
    if window(layer: layer) != nil, let localRotary { return localRotary }
    return rotary
  }

  /// `heads * d_head`: the width of all queries of a position, and of `hook_z` before the output projection.
  public var queryWidth: Int { heads * headSize }

  /// `kv_heads * d_head`: the width of all keys, or all values, of a position.
  public var keyValueWidth: Int { keyValueHeads * headSize }

  /// Every tensor of a checkpoint of this configuration, with its Hugging Face name and shape, in a fixed order.
  public var parameters: [Parameter] { family.definition.parameters(of: self) }

  /// Number of weights.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Whether nothing differs from a plain Llama: what can be trained and written.
  public var isPlainLlama: Bool {
    family == .llama && architecture == Architecture() && slidingLayers.isEmpty && localRotary == nil
      && scoreScale == nil && scoreCap == nil && logitCap == nil && embeddingScale == 1 && rotary.share == 1
      && rotary.longRope == nil
  }

  /// Checks that the sizes fit each other.
  ///
  /// - Throws: ``ConfigurationError/inconsistent(file:problem:)`` if they do not.
  package func check() throws {
    func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
      if !condition { throw ConfigurationError.inconsistent(file: "configuration", problem: problem()) }
    }
    // Lists are made for each layer and for each row of queries, before a weight is looked for: a file that is damaged
    // must not ask for more memory than there is. The limits are far beyond any model's sizes.
    let (large, small) = (1 << 30, 1 << 14)
    let sizes = [
      ("vocabulary size", vocabularySize, large), ("width", width, large), ("number of layers", layers, small),
      ("number of heads", heads, small), ("number of key-value heads", keyValueHeads, small),
      ("head size", headSize, small), ("feed-forward width", feedForwardWidth, large),
      ("number of positions", maximumPositions, large),
    ]
    for (name, size, limit) in sizes {
      try require(
        size > 0 && size <= limit, "the \(name) is \(size), which is no size of a model: expected 1 to \(limit)")
    }
    try require(
      queryWidth <= 1 << 20,
      "\(heads) heads of \(headSize) numbers are no size of a model: expected at most \(1 << 20) together")
    try require(
      heads % keyValueHeads == 0,
      "\(heads) query heads do not divide evenly over \(keyValueHeads) key-value heads")
    try require(
      rotary.share > 0 && rotary.share <= 1,
      "rotary positions turn a share of \(rotary.share) of each head: expected more than 0, and at most 1")
    let turned = rotary.width(headSize: headSize)
    try require(
      architecture.hasLearnedPositions || (turned > 0 && turned <= headSize && turned % 2 == 0),
      "rotary positions turn pairs of numbers, but \(turned) of each head's \(headSize) are to be turned")
    if let lists = rotary.longRope {
      for factors in [lists.short, lists.long] {
        try require(
          factors.count == turned / 2 && factors.allSatisfy { $0 > 0 && $0.isFinite },
          "\(turned / 2) pairs are turned, each by its own positive factor, but there are \(factors.count) factors")
      }
    }
    try require(
      slidingLayers.isEmpty || slidingLayers.count == layers,
      "\(layers) layers are to be told whether they have a window, but \(slidingLayers.count) are")
    try require(slidingWindow.map { $0 > 0 } ?? true, "a window of \(slidingWindow ?? 0) keys sees nothing")
    for (name, number) in [
      ("scale of scores", scoreScale), ("cap of scores", scoreCap), ("cap of logits", logitCap),
      ("scale of embeddings", embeddingScale),
    ] {
      try require(number.map { $0 > 0 && $0.isFinite } ?? true, "the \(name) is \(number ?? 0), which is not positive")
    }
    try require(normEpsilon > 0 && normEpsilon.isFinite, "the norm's epsilon is \(normEpsilon), which is not positive")
    try require(rotary.base > 0 && rotary.base.isFinite, "the rotary base is \(rotary.base), which is not positive")
  }
}
