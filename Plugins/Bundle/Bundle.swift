import Ablation
import Attribution
import Combination
import Composition
import Deliberate
import Experiment
import Interchange
import Justification
import Labelling
import Patching
import Probe
import Steering
import Train

/// The kinds of cells that come with Palimpsest. A new kind is a new folder and a line here.
public let bundledCells: [any CellKind.Type] = [
  AblationCell.self,
  AttributeCell.self,
  CombineCell.self,
  DatasetCell.self,
  DeliberateCell.self,
  DirectionCell.self,
  EvaluateCell.self,
  FaithfulnessCell.self,
  FigureCell.self,
  GeometryCell.self,
  InterchangeCell.self,
  JustifyCell.self,
  KnockoutCell.self,
  LabellerCell.self,
  LatencyCell.self,
  LensCell.self,
  PatchCell.self,
  ProbeCell.self,
  RivalsCell.self,
  SpreadCell.self,
  SteerCell.self,
  TableCell.self,
  TrainCell.self,
  TransferCell.self,
]
