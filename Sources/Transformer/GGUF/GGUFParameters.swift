/// The parameters of a model as llama.cpp names and lays out their tensors.
enum GGUFParameters {
  static func list(_ c: ModelConfiguration) -> [Parameter] {
    var all = [Parameter(name: "token_embd.weight", shape: [c.vocabularySize, c.width], role: .embedding)]
    func add(
      _ name: String, _ shape: [Int], _ role: Parameter.Role, bias: Bool = false, place: Parameter.Place = .whole
    ) {
      all.append(Parameter(name: "\(name).weight", shape: shape, role: role, place: place))
      if bias {
        all.append(Parameter(name: "\(name).bias", shape: [shape[0]], role: .bias(of: role), place: place))
      }
    }
    let architecture = c.architecture
    let hasNormBias = architecture.norm == .layer
    // One list for all layers: it has an element for each row.
    let interleavings = [c.heads, c.keyValueHeads].map { interleaved(heads: $0, size: c.headSize) }
    let isFused = c.family == .phi3 || c.family == .gpt2
    if architecture.hasLearnedPositions { add("position_embd", [c.maximumPositions, c.width], .positionEmbedding) }
    for layer in 0..<c.layers {
      let block = "blk.\(layer)"
      add("\(block).attn_norm", [c.width], .attentionNorm(layer: layer), bias: hasNormBias)
      let parts: [(String, Int, Parameter.Role)] = [
        ("attn_q", c.queryWidth, .query(layer: layer)), ("attn_k", c.keyValueWidth, .key(layer: layer)),
        ("attn_v", c.keyValueWidth, .value(layer: layer)),
      ]
      let total = parts.reduce(0) { $0 + $1.1 }
      var begin = 0
      for (index, (name, outputs, role)) in parts.enumerated() {
        let isInterleaved = c.family == .llama && index < 2
        let place: Parameter.Place =
          isFused
          ? .rows([begin..<begin + outputs], of: total)
          : isInterleaved ? interleavings[index] : .whole
        add(
          isFused ? "\(block).attn_qkv" : "\(block).\(name)", [outputs, c.width], role,
          bias: architecture.biases.contains(.queryKeyValue), place: place)
        begin += outputs
      }
      if architecture.headNorm != .none {
        add("\(block).attn_q_norm", [c.headSize], .queryNorm(layer: layer))
        add("\(block).attn_k_norm", [c.headSize], .keyNorm(layer: layer))
      }
      add(
        "\(block).attn_output", [c.width, c.queryWidth], .attentionOutput(layer: layer),
        bias: architecture.biases.contains(.attentionOutput))
      add("\(block).ffn_norm", [c.width], .feedForwardNorm(layer: layer), bias: hasNormBias)
      if architecture.normPlacement == .around {
        add("\(block).post_attention_norm", [c.width], .attentionPostNorm(layer: layer))
        add("\(block).post_ffw_norm", [c.width], .feedForwardPostNorm(layer: layer))
      }
      addFeedForward(c, layer, add)
    }
    add("output_norm", [c.width], .finalNorm, bias: hasNormBias)
    if !c.tiedEmbeddings { add("output", [c.vocabularySize, c.width], .unembedding) }
    return all
  }

  private static func addFeedForward(
    _ c: ModelConfiguration, _ layer: Int, _ add: (String, [Int], Parameter.Role, Bool, Parameter.Place) -> Void
  ) {
    let block = "blk.\(layer)"
    let bias = c.architecture.biases.contains(.feedForward)
    let (shape, width) = ([c.feedForwardWidth, c.width], c.feedForwardWidth)
    if c.family == .phi3 {
      add("\(block).ffn_up", shape, .gate(layer: layer), false, .rows([0..<width], of: 2 * width))
      add("\(block).ffn_up", shape, .up(layer: layer), false, .rows([width..<2 * width], of: 2 * width))
    } else {
      if c.architecture.isGated { add("\(block).ffn_gate", shape, .gate(layer: layer), bias, .whole) }
      add("\(block).ffn_up", shape, .up(layer: layer), bias, .whole)
    }
    add("\(block).ffn_down", [c.width, width], .down(layer: layer), bias, .whole)
  }

  /// Llama's queries and keys: the pair `(i, i + size / 2)` of a head lies in its rows `2i` and `2i + 1`.
  private static func interleaved(heads: Int, size: Int) -> Parameter.Place {
    let rows = (0..<heads).flatMap { head in
      (0..<size).map { i in head * size + (i < size / 2 ? 2 * i : 2 * (i - size / 2) + 1) }
    }
    return .rows(rows.map { $0..<$0 + 1 }, of: heads * size)
  }
}
