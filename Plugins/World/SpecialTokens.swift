/// The tokens with a meaning of their own, in the order of their ids.
public enum SpecialTokens {
  /// All of them; ids 0 to 12.
  public static let all = [
    "<pad>", "<|user|>", "<|end|>", "<|assistant|>", "<|direct|>", "<|deliberate|>", "<think>", "</think>",
    "<refuse>", "<caveat>", "<comply>", "<eot>", "<filler>",
  ]
}
