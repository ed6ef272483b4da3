/// The parameters of a decoder that uses Llama's tensor names, in the order of a checkpoint.
struct DecoderParameters {
  private let c: ModelConfiguration
  private var all: [Parameter] = []

  /// How a family calls a block's norms.
  struct NormNames {
    var attention: String? = "input_layernorm"
    var attentionPost: String?
    var feedForward: String? = "post_attention_layernorm"
    var feedForwardPost: String?
  }

  /// - Parameters:
  ///   - norms: the names of a block's norms.
  ///   - isFused: whether queries, keys and values are one tensor, and gate and up another (Phi-3).
  static func list(
    _ configuration: ModelConfiguration, norms: NormNames = NormNames(), isFused: Bool = false
  ) -> [Parameter] {
    var list = DecoderParameters(c: configuration)
    list.add("model.embed_tokens", [configuration.vocabularySize, configuration.width], .embedding)
    for layer in 0..<configuration.layers { list.addBlock(layer, norms, isFused) }
    list.add("model.norm", [configuration.width], .finalNorm)
    if !configuration.tiedEmbeddings {
      list.add("lm_head", [configuration.vocabularySize, configuration.width], .unembedding)
    }
    return list.all
  }

  private init(c: ModelConfiguration) { self.c = c }

  private mutating func addBlock(_ layer: Int, _ norms: NormNames, _ isFused: Bool) {
    let block = "model.layers.\(layer)"
    func norm(_ name: String?, _ role: Parameter.Role) -> [Parameter] {
      name.map { [Parameter(name: "\(block).\($0).weight", shape: [c.width], role: role)] } ?? []
    }
    all += norm(norms.attention, .attentionNorm(layer: layer))
    let (q, kv) = (c.queryWidth, c.keyValueWidth)
    let biases = c.architecture.biases
    let queryKeyValue: [(String, Int, Parameter.Role)] = [
      ("q_proj", q, .query(layer: layer)), ("k_proj", kv, .key(layer: layer)), ("v_proj", kv, .value(layer: layer)),
    ]
    if isFused {
      addFused("\(block).self_attn.qkv_proj", queryKeyValue.map { ($0.1, $0.2) })
    } else {
      for (name, outputs, role) in queryKeyValue {
        add("\(block).self_attn.\(name)", [outputs, c.width], role, bias: biases.contains(.queryKeyValue))
      }
    }
    if c.architecture.headNorm != .none {
      let whole = c.architecture.headNorm == .allHeads
      add("\(block).self_attn.q_norm", [whole ? q : c.headSize], .queryNorm(layer: layer))
      add("\(block).self_attn.k_norm", [whole ? kv : c.headSize], .keyNorm(layer: layer))
    }
    add(
      "\(block).self_attn.o_proj", [c.width, q], .attentionOutput(layer: layer),
      bias: biases.contains(.attentionOutput))
    all += norm(norms.attentionPost, .attentionPostNorm(layer: layer))
    all += norm(norms.feedForward, .feedForwardNorm(layer: layer))
    let gated: [(String, Parameter.Role)] = [("gate_proj", .gate(layer: layer)), ("up_proj", .up(layer: layer))]
    if isFused {
      addFused("\(block).mlp.gate_up_proj", gated.map { (c.feedForwardWidth, $0.1) })
    } else {
      for (name, role) in gated {
        add("\(block).mlp.\(name)", [c.feedForwardWidth, c.width], role, bias: biases.contains(.feedForward))
      }
    }
    add(
      "\(block).mlp.down_proj", [c.width, c.feedForwardWidth], .down(layer: layer),
      bias: biases.contains(.feedForward))
    all += norm(norms.feedForwardPost, .feedForwardPostNorm(layer: layer))
  }

  private mutating func add(_ name: String, _ shape: [Int], _ role: Parameter.Role, bias: Bool = false) {
    all.append(Parameter(name: "\(name).weight", shape: shape, role: role))
    if bias { all.append(Parameter(name: "\(name).bias", shape: [shape[0]], role: .bias(of: role))) }
  }

  /// Matrices that lie below each other in one tensor.
  private mutating func addFused(_ name: String, _ parts: [(outputs: Int, role: Parameter.Role)]) {
    let total = parts.reduce(0) { $0 + $1.outputs }
    var begin = 0
    for (outputs, role) in parts {
      all.append(
        Parameter(
          name: "\(name).weight", shape: [outputs, c.width], role: role,
          place: .rows([begin..<begin + outputs], of: total)))
      begin += outputs
    }
  }
}
