import Foundation
import Testing
import Training

@Suite("LearningRateSchedule")
struct LearningRateScheduleTests {
  private let schedule = LearningRateSchedule(
    TrainingHyperparameters(steps: 1_101, peakLearningRate: 2e-3, finalLearningRateFraction: 0.05, warmUpSteps: 100))

  @Test("The rate climbs evenly to its peak, then follows half a cosine to its final fraction and stays there.")
  func shape() {
    #expect(schedule.rate(at: 0) == 2e-5)
    #expect(schedule.rate(at: 49) == 1e-3)
    #expect(schedule.rate(at: 99) == 2e-3)
    #expect(schedule.rate(at: 100) == 2e-3)
    #expect(abs(schedule.rate(at: 600) - 2e-3 * 0.525) < 1e-15)
    #expect(abs(schedule.rate(at: 1_100) - 1e-4) < 1e-15)
    #expect(schedule.rate(at: 5_000) == schedule.rate(at: 1_100))
  }

  @Test("The cosine is the C library's to within rounding.")
  func cosine() {
    for step in stride(from: 100, through: 1_100, by: 7) {
      let expected = 2e-3 * (0.05 + 0.95 * 0.5 * (1 + cos(.pi * Double(step - 100) / 1_000)))
      #expect(abs(schedule.rate(at: step) - expected) < 1e-17)
    }
  }
}
