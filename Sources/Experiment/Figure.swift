import Statistics

/// What a figure shows, as data: the site draws it, and equal data give equal drawings.
public struct Figure: Codable, Hashable, Sendable {
  /// Unique among the figures of its cell; empty for the cell's main figure, which takes the cell's label.
  public var name: String
  /// One sentence or two under the figure; plain text.
  public var caption: String
  /// What is drawn.
  public var content: Content
  /// Whether it is one of several that stand side by side; `nil` if it stands alone.
  public var isPanel: Bool?

  /// From its parts.
  public init(name: String = "", caption: String, content: Content, isPanel: Bool? = nil) {
    self.name = name
    self.caption = caption
    self.content = content
    self.isPanel = isPanel
  }

  /// The kinds of drawing.
  public enum Content: Hashable, Sendable {
    case heatmap(Heatmap)
    case lines(LineChart)
    case bars(BarChart)
  }

  /// The name of an axis and the unit of what is measured along it.
  public struct Axis: Codable, Hashable, Sendable {
    /// What is measured.
    public var title: String
    /// In what unit; `nil` if it has none.
    public var unit: String?
    /// The range shown; `nil` to fit the data.
    public var range: [Double]?

    /// From its parts.
    public init(_ title: String, unit: String? = nil, range: ClosedRange<Double>? = nil) {
      self.title = title
      self.unit = unit
      self.range = range.map { [$0.lowerBound, $0.upperBound] }
    }
  }

  /// Whether a mark is the effect, a control that should show nothing, or a baseline to beat.
  public enum Role: String, Codable, Hashable, Sendable {
    case effect, null, baseline
  }

  /// A horizontal line to compare with, such as chance.
  public struct Reference: Codable, Hashable, Sendable {
    /// Where it stands on the axis, or how long it is.
    public var value: Double
    /// What it is called.
    public var label: String

    /// From its parts.
    public init(_ value: Double, _ label: String) {
      self.value = value
      self.label = label
    }
  }
}

/// A grid of values, such as AUROC by layer and position.
public struct Heatmap: Codable, Hashable, Sendable {
  /// How values become colours.
  public enum Scale: String, Codable, Hashable, Sendable {
    /// Viridis, for magnitudes.
    case sequential
    /// Blue, white, vermilion, centred on `centre`, for signed effects.
    case diverging
  }

  /// A cell that is singled out.
  public struct Mark: Codable, Hashable, Sendable {
    /// Index of its row.
    public var row: Int
    /// Index of its column.
    public var column: Int
    /// What it is called.
    public var label: String

    /// From its parts.
    public init(row: Int, column: Int, label: String) {
      self.row = row
      self.column = column
      self.label = label
    }
  }

  /// What the rows are.
  public var rowAxis: Figure.Axis
  /// What the columns are.
  public var columnAxis: Figure.Axis
  /// The names of the rows, from the top.
  public var rows: [String]
  /// The names of the columns, from the left.
  public var columns: [String]
  /// What the colours stand for.
  public var quantity: Figure.Axis
  /// `[rows][columns]`; `nil` where nothing was measured.
  public var cells: [[Estimate?]]
  /// How values become colours.
  public var scale: Scale
  /// The value in the middle of a diverging scale.
  public var centre: Double
  /// Cells that are singled out.
  public var marks: [Mark]

  /// From its parts.
  public init(
    rowAxis: Figure.Axis, rows: [String], columnAxis: Figure.Axis, columns: [String], quantity: Figure.Axis,
    cells: [[Estimate?]], scale: Scale = .sequential, centre: Double = 0, marks: [Mark] = []
  ) {
    self.rowAxis = rowAxis
    self.columnAxis = columnAxis
    self.rows = rows
    self.columns = columns
    self.quantity = quantity
    self.cells = cells
    self.scale = scale
    self.centre = centre
    self.marks = marks
  }
}

/// Curves with intervals, such as AUROC by layer.
public struct LineChart: Codable, Hashable, Sendable {
  /// A curve.
  public struct Series: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// What it stands for.
    public var role: Figure.Role
    /// Where the points stand. `[points]`
    public var x: [Double]
    /// What was measured there. `[points]`
    public var y: [Estimate]

    /// From its parts.
    public init(_ name: String, role: Figure.Role = .effect, x: [Double], y: [Estimate]) {
      self.name = name
      self.role = role
      self.x = x
      self.y = y
    }
  }

  /// The horizontal axis.
  public var xAxis: Figure.Axis
  /// The vertical axis.
  public var yAxis: Figure.Axis
  /// The curves.
  public var series: [Series]
  /// Lines to compare with.
  public var references: [Figure.Reference]

  /// From its parts.
  public init(
    xAxis: Figure.Axis, yAxis: Figure.Axis, series: [Series], references: [Figure.Reference] = []
  ) {
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.series = series
    self.references = references
  }
}

/// Bars with intervals, in groups, such as refusal rate by arm.
public struct BarChart: Codable, Hashable, Sendable {
  /// A bar.
  public struct Bar: Codable, Hashable, Sendable {
    /// What it is called.
    public var label: String
    /// What it stands for.
    public var role: Figure.Role
    /// Where it stands on the axis, or how long it is.
    public var value: Estimate

    /// From its parts.
    public init(_ label: String, role: Figure.Role = .effect, _ value: Estimate) {
      self.label = label
      self.role = role
      self.value = value
    }
  }

  /// Bars that stand together under one name.
  public struct Group: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// The bars, from the top.
    public var bars: [Bar]

    /// From its parts.
    public init(_ name: String, _ bars: [Bar]) {
      self.name = name
      self.bars = bars
    }
  }

  /// What is measured along the bars.
  public var axis: Figure.Axis
  /// The groups, from the top.
  public var groups: [Group]
  /// Lines to compare with.
  public var references: [Figure.Reference]

  /// From its parts.
  public init(axis: Figure.Axis, groups: [Group], references: [Figure.Reference] = []) {
    self.axis = axis
    self.groups = groups
    self.references = references
  }
}

extension Figure.Content: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case heatmap, lines, bars
  }

  /// From its parts.
  public init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let heatmap = try container.decodeIfPresent(Heatmap.self, forKey: .heatmap) {
      self = .heatmap(heatmap)
    } else if let lines = try container.decodeIfPresent(LineChart.self, forKey: .lines) {
      self = .lines(lines)
    } else {
      self = .bars(try container.decode(BarChart.self, forKey: .bars))
    }
  }

  /// Writes the one kind that it is, under its name.
  public func encode(to encoder: Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .heatmap(let heatmap): try container.encode(heatmap, forKey: .heatmap)
    case .lines(let lines): try container.encode(lines, forKey: .lines)
    case .bars(let bars): try container.encode(bars, forKey: .bars)
    }
  }
}
