import Ablation
import Attribution
import Experiment
import Interchange
import Patching
import Probe
import Steering
import Train

/// The kinds of cells that come with Palimpsest. A new kind is a new folder and a line here.
public let bundledCells: [any CellKind.Type] = [
  AblationCell.self,
  AttributeCell.self,
  DatasetCell.self,
  DirectionCell.self,
  EvaluateCell.self,
  InterchangeCell.self,
  KnockoutCell.self,
  LensCell.self,
  PatchCell.self,
  ProbeCell.self,
  SteerCell.self,
  TrainCell.self,
  TransferCell.self,
]
