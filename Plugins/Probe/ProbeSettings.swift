import Experiment
import Statistics

/// What a `{probe}` cell may say.
package struct ProbeSettings: CellSettings {
  /// How a probe learns.
  package enum Method: String, SettingChoice {
    case logistic
    case meanDifference = "mean_difference"
    case lda

    var classifier: Classifier {
      switch self {
      case .logistic: .logistic(l2: 1)
      case .meanDifference: .meanDifference
      case .lda: .discriminant()
      }
    }
  }

  package var target = ""
  package var site = Site.residPost
  package var layers = Layers.all
  package var positions: [Position] = [.last]
  package var method: [Method] = [.logistic, .meanDifference, .lda]
  package var group: [String] = []
  package var folds = 5
  package var rows = RowFilter.everything
  package var test: RowFilter?
  package var onsetAt = 0.95
  package var controlTask = "object"
  package var permutations = 200
  package var resamples = 1_000

  package init() {}

  /// The methods whose map gets the family-wise p-value: those asked for that turn any number of labellings into scores
  /// by one matrix. Logistic regression, fitted anew for each shuffle at each place, would take hours; difference of
  /// means stands in where nothing else is asked for.
  var familyWise: [Method] {
    let quick = method.filter { $0 != .logistic }
    return quick.isEmpty ? [.meanDifference] : quick
  }

  package static let keys: [SettingKey<ProbeSettings>] = [
    .required("target", \.target, "The column that holds the label: 0 or 1, or true or false."),
    .optional("site", \.site, "The hook that is read, in every layer asked for."),
    .optional("layers", \.layers, "The layers that are read."),
    .optional("positions", \.positions, "Where in the prompt it is read."),
    .optional("method", \.method, "How the probes learn."),
    .optional("group", \.group, "One or two columns; rows that share a value are never on both sides of a fold."),
    .optional("folds", \.folds, "Folds of the cross-validation."),
    .optional("rows", \.rows, "The rows that probes are trained, compared and selected on."),
    .optional("test", \.test, "Other rows, on which the selected probe alone is measured."),
    .optional("onset_at", \.onsetAt, "The AUROC that a layer must reach to count as the onset."),
    .optional("control_task", \.controlTask, "The column of object types that get random labels in the control task."),
    .optional(
      "permutations", \.permutations,
      "Shuffles of the labels for the family-wise p-value of the map, in which logistic regression has no part."),
    .optional("resamples", \.resamples, "Bootstrap resamples behind each interval."),
  ]
}
