import ArgumentParser
import Deliberation
import Experiment
import Foundation
import Ledger
import Manuscript
import Project
import Service
import Statistics
import Synchronization
import Tensor
import Tokenizer
import Transformer

/// The command line, open to further kinds of cells: a package of one's own needs one line.
///
///     Palimpsest.main(adding: MyCell.self)
public enum Palimpsest {
  private static let registered = Mutex<[any CellKind.Type]>([])

  /// The kinds of cells that this command line knows.
  static var registry: Registry { Registry(registered.withLock { $0 }) }

  /// Runs the command that the arguments ask for, then exits with its status: 0 done, 1 a claim refuted under
  /// `check --claims` or results that differ under `diff`, `verify` and `merge`, 2 a mistake in the input, 3 the run failed.
  public static func main(cells: [any CellKind.Type]) -> Never {
    registered.withLock { $0 = cells }
    Output.guardDescriptors()
    do {
      // A reader that goes away, such as “head”, ends the program quietly.
      signal(SIGPIPE, SIG_DFL)
      BLAS.pin()
      var command = try Root.parseAsRoot()
      try command.run()
      Terminal.flush()
      Foundation.exit(0)
    } catch {
      exit(error)
    }
  }

  private static func exit(_ error: any Error) -> Never {
    Terminal.flush()
    switch error {
    case let status as Status: Foundation.exit(status.rawValue)
    case is CancellationError:
      Terminal.note("stopped; what was finished is kept, and the next run goes on from there")
      Foundation.exit(130)
    default:
      let code = Root.exitCode(for: error)
      if code == .success || code == .validationFailure || error is ExitCode || isParsing(error) {
        let text = Root.fullMessage(for: error)
        if code == .success { Terminal.output(text + "\n") } else if !text.isEmpty { Terminal.write(text + "\n") }
        Foundation.exit(code == .success ? 0 : Status.mistake.rawValue)
      }
      Terminal.error("\(error)")
      Foundation.exit(error is MergeConflict ? Status.refuted.rawValue : Status(of: error).rawValue)
    }
  }

  private static func isParsing(_ error: any Error) -> Bool { error is ValidationError || error is CleanExit }
}

/// What a command's exit status says.
enum Status: Int32, Error {
  case refuted = 1
  case mistake = 2
  case failed = 3

  /// Mistakes in what was given are told from runs that failed.
  init(of error: any Error) {
    switch error {
    case let error as FileError where error.isDiskFull: self = .failed
    case is Problem, is Problems, is ProjectError, is DatasetError, is SubjectError, is TokenFileError,
      is LedgerError, is ConfigurationError, is CheckpointError, is SafetensorsError, is HookError, is SequenceError,
      is TokenizerError, is TemplateError, is KernelPath.Unsupported, is ParityError, is GGUFError, is FileError,
      is LineError, is RestoreConflict, is DirectionFileError, is OrthogonalisationError, is DeliberationError,
      is ServiceError:
      self = .mistake
    default: self = .failed
    }
  }
}
