import Foundation
import Statistics
import Tensor
import Transformer

/// What an intervention does to prompts that it should leave alone.
public struct SideEffects: Sendable {
  /// KL(base || changed) at the last prompt token, in nats.
  public let divergence: Estimate
  /// Cross-entropy of the expected responses with nothing changed, in nats per token; `nil` if the data have none.
  public let baseLoss: Estimate?
  /// The same with the change.
  public let changedLoss: Estimate?

  /// Measures them.
  ///
  /// - Parameters:
  ///   - interventions: what is changed; positions given by index belong to other prompts and stand for all.
  ///   - prompts: of rows whose `response` is what the model is expected to say.
  ///   - resamples: bootstrap resamples behind each interval.
  ///   - context: the cell's model and data.
  /// - Throws: an error of the model, or a `Problem` if there is no model or no data.
  public init(
    of interventions: [Intervention], on prompts: [Prompt], resamples: Int, in context: CellContext
  ) throws {
    let (subject, data) = (try context.subject, try context.data)
    let interventions = interventions.map { intervention in
      var intervention = intervention
      if case .indices = intervention.positions { intervention.positions = .all }
      return intervention
    }
    let base = try Self.logits(subject, prompts, [])
    let changed = try Self.logits(subject, prompts, interventions)
    let resamples = try Bootstrap(stream: context.stream("side effects"), resamples: resamples)
      .draw(rows: prompts.count)
    divergence = try resamples.mean(zip(base, changed).map(RefusalMetric.divergence))
    let responses = prompts.map { data.rows[$0.row]["response"]?.plain }
    guard responses.allSatisfy({ $0 != nil }) else {
      baseLoss = nil
      changedLoss = nil
      return
    }
    let texts = responses.compactMap { $0 }
    baseLoss = try resamples.mean(try Self.losses(prompts, texts, [], subject))
    changedLoss = try resamples.mean(try Self.losses(prompts, texts, interventions, subject))
  }

  /// `[vocab]` at the last token of each prompt.
  private static func logits(
    _ subject: Subject, _ prompts: [Prompt], _ interventions: [Intervention]
  ) throws -> [[Float]] {
    let forward = try subject.model.forward(prompts.map(\.tokens), interventions: interventions, logits: .last)
    return try prompts.indices.map { try forward.logits(sequence: $0).values }
  }

  /// The mean cross-entropy of each response's tokens behind its prompt.
  private static func losses(
    _ prompts: [Prompt], _ responses: [String], _ interventions: [Intervention], _ subject: Subject
  ) throws -> [Double] {
    let responses = responses.map { subject.tokenizer.encode($0) }
    let sequences = zip(prompts, responses).map { $0.tokens + $1 }
    let forward = try subject.model.forward(
      sequences, interventions: interventions, logits: .all, promptLengths: prompts.map(\.tokens.count))
    return try prompts.indices.map { index in
      let logits = try forward.logits(sequence: index)
      let start = prompts[index].tokens.count
      let losses = responses[index].enumerated().map { offset, token in
        Self.crossEntropy(logits.row(start + offset - 1).values, token)
      }
      return losses.reduce(0, +) / Double(max(losses.count, 1))
    }
  }

  private static func crossEntropy(_ logits: [Float], _ token: Int) -> Double {
    let top = Double(logits.max() ?? 0)
    return log(logits.reduce(0) { $0 + exp(Double($1) - top) }) + top - Double(logits[token])
  }
}
