import Tensor

/// Directions without meaning, for controls.
public enum RandomDirection {
  /// `[d]` independent standard normal numbers.
  public static func gaussian(_ width: Int, stream: RandomStream) -> [Double] {
    (0..<width).map { index in
      let at = UInt64(index) * 2
      return Normal.deviate(stream.uniform(at: at), stream.uniform(at: at + 1))
    }
  }

  /// `[d]` of length 1, uniform on the sphere.
  public static func unit(_ width: Int, stream: RandomStream) -> [Double] {
    let direction = gaussian(width, stream: stream)
    let length = LinearAlgebra.dot(direction, direction).squareRoot()
    return length > 0 ? direction.map { $0 / length } : direction
  }
}
