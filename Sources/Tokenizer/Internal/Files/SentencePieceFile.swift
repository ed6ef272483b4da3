import Foundation

/// SentencePiece's tokenizer.model: a protocol buffer with the pieces, how they were trained, and how text is
/// normalized (sentencepiece_model.proto).
struct SentencePieceFile {
  let file: String
  private(set) var pieces: [Piece] = []
  private(set) var trainer = TrainerSpec()
  private(set) var normalizer = NormalizerSpec()

  /// One piece: its text, its log probability or its rank, and what it is for.
  struct Piece: Equatable {
    var text = ""
    var score: Float = 0
    var kind = Kind.normal

    enum Kind: Int {
      case normal = 1
      case unknown, control, userDefined, unused, byte

      /// Whether text can become this piece by the model's own rules.
      var isSpelled: Bool { self == .normal || self == .userDefined || self == .unused }
    }
  }

  /// What matters of the trainer's settings, with the defaults of the format.
  struct TrainerSpec {
    var model = 1
    var isSpaceSuffix = false
    var hasByteFallback = false
    var beginPiece = "<s>"
    var endPiece = "</s>"
    var paddingPiece = "<pad>"
    var unknownSurface = " \u{2047} "
  }

  /// What is done to text.
  struct NormalizerSpec {
    var name = ""
    var charsmap: ArraySlice<UInt8> = []
    var addsDummyPrefix = true
    var removesExtraSpaces = true
    var escapesSpaces = true
  }

  /// - Throws: `TokenizerError.malformedProtobuf` if the bytes are cut off or are no such message.
  init(_ data: Data, file: String) throws {
    self.file = file
    let bytes = [UInt8](data)
    var reader = ProtobufReader(bytes[...], file: file)
    var missing = ["pieces", "trainer_spec", "normalizer_spec"]
    while let field = try reader.next() {
      if field.number <= 3 { missing[field.number - 1] = "" }
      switch (field.number, field.value) {
      case (1, .bytes(let message)): pieces.append(try piece(message))
      case (2, .bytes(let message)): try readTrainer(message)
      case (3, .bytes(let message)): try readNormalizer(message)
      case (1...3, _):
        throw TokenizerError.malformedProtobuf(
          file: file, offset: field.offset, reason: "field \(field.number) is no message")
      default: break
      }
    }
    // The format lets all of them out, but no trainer does: a file without one was cut off between two fields.
    if let name = missing.first(where: { !$0.isEmpty }) {
      throw TokenizerError.malformedProtobuf(
        file: file, offset: bytes.count, reason: "it ends without \(name), which every SentencePiece model has")
    }
  }

  private func piece(_ message: ArraySlice<UInt8>) throws -> Piece {
    var piece = Piece()
    var reader = ProtobufReader(message, file: file)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let bytes)): piece.text = try text(bytes, "pieces[\(pieces.count)]")
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let number)):
        guard let kind = Piece.Kind(rawValue: Int(truncatingIfNeeded: number)) else {
          throw wrong("pieces[\(pieces.count)].type", "a type from 1 to 6", "\(number)")
        }
        piece.kind = kind
      default: break
      }
    }
    guard !piece.text.isEmpty else { throw wrong("pieces[\(pieces.count)]", "a piece with a text", "an empty one") }
    guard piece.score.isFinite else { throw wrong("pieces[\(pieces.count)].score", "a number", "\(piece.score)") }
    return piece
  }

  private mutating func readTrainer(_ message: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(message, file: file)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (3, .varint(let number)): trainer.model = Int(truncatingIfNeeded: number)
      case (24, .varint(let number)): trainer.isSpaceSuffix = number != 0
      case (35, .varint(let number)): trainer.hasByteFallback = number != 0
      case (44, .bytes(let bytes)): trainer.unknownSurface = try text(bytes, "trainer_spec.unk_surface")
      case (46, .bytes(let bytes)): trainer.beginPiece = try text(bytes, "trainer_spec.bos_piece")
      case (47, .bytes(let bytes)): trainer.endPiece = try text(bytes, "trainer_spec.eos_piece")
      case (48, .bytes(let bytes)): trainer.paddingPiece = try text(bytes, "trainer_spec.pad_piece")
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(message, file: file)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let bytes)): normalizer.name = try text(bytes, "normalizer_spec.name")
      case (2, .bytes(let bytes)): normalizer.charsmap = bytes
      case (3, .varint(let number)): normalizer.addsDummyPrefix = number != 0
      case (4, .varint(let number)): normalizer.removesExtraSpaces = number != 0
      case (5, .varint(let number)): normalizer.escapesSpaces = number != 0
      default: break
      }
    }
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ place: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw wrong(place, "valid UTF-8", "“\(String(decoding: bytes, as: UTF8.self))”")
    }
    return text
  }

  private func wrong(_ path: String, _ expected: String, _ found: String) -> TokenizerError {
    .unexpectedValue(file: file, path: path, expected: expected, found: found)
  }
}

extension SentencePieceFile {
  /// The way from text to ids that the model describes.
  func pipeline() throws -> Pipeline {
    var assembly = try SentencePieceAssembly(pieces, file: file)
    assembly.isSpaceSuffix = trainer.isSpaceSuffix
    assembly.addsDummySpace = normalizer.addsDummyPrefix
    assembly.removesExtraSpaces = normalizer.removesExtraSpaces
    assembly.escapesSpaces = normalizer.escapesSpaces
    assembly.hasByteFallback = trainer.hasByteFallback
    assembly.unknownSurface = trainer.unknownSurface
    if !normalizer.charsmap.isEmpty {
      guard let map = Charsmap(normalizer.charsmap) else {
        throw wrong(
          "normalizer_spec.precompiled_charsmap", "a complete table of replacements",
          "\(normalizer.charsmap.count) bytes that are none")
      }
      assembly.charsmap = map
    }
    var pipeline: Pipeline
    switch trainer.model {
    case 1: pipeline = try assembly.unigram()
    case 2: pipeline = try assembly.bytePair()
    case let number:
      let name = [3: "WORD", 4: "CHAR"][number] ?? "\(number)"
      throw TokenizerError.unsupported(
        file: file, path: "trainer_spec.model_type", found: name, supported: ["UNIGRAM", "BPE"])
    }
    func role(_ text: String) -> String? { pieces.contains { $0.text == text && $0.kind == .control } ? text : nil }
    pipeline.defaults.beginToken = role(trainer.beginPiece)
    pipeline.defaults.endToken = role(trainer.endPiece)
    pipeline.defaults.paddingToken = role(trainer.paddingPiece)
    pipeline.defaults.unknownToken = pieces.first { $0.kind == .unknown }?.text
    return pipeline
  }
}
