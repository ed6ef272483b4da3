import Foundation

/// Held by whoever changes a setting of the whole process for a while: one at a time, or the later one would go back to
/// what the earlier one had set.
let processWide = NSRecursiveLock()
