import Testing
import Transformer

@Suite("Hook points")
struct HookPointTests {
  @Test("Every full name is read back as the point that it names.")
  func roundTrip() throws {
    for site in HookSite.allCases {
      let point = HookPoint(site, layer: 7)
      #expect(try HookPoint(point.description) == point)
      let short = site.isPerLayer ? "7.\(site.shortName)" : site.shortName
      #expect(try HookPoint(short) == point, "\(short)")
    }
    #expect(Set(HookSite.allCases.map(\.shortName)).count == HookSite.allCases.count)
    #expect(try HookPoint("blocks.3.hook_resid_post") == HookPoint(.residPost, layer: 3))
    #expect(try HookPoint("blocks.0.attn.hook_rot_q") == HookPoint(.rotQ, layer: 0))
    #expect(try HookPoint("21.attn_out") == HookPoint(.attnOut, layer: 21))
  }

  @Test("A pattern stands for its site in every layer, or in those that it names.")
  func patterns() throws {
    let model = try Fixture.configuration()
    let all = try HookPattern("blocks.*.hook_resid_post").points(in: model)
    #expect(all == (0..<model.layers).map { HookPoint(.residPost, layer: $0) })
    #expect(try HookPattern("resid_post").points(in: model) == all)
    #expect(try HookPattern(.z, layers: .some([2, 0])).points(in: model).map(\.layer) == [0, 2])
    #expect(try HookPattern("hook_embed").points(in: model) == [HookPoint(.embed)])
    #expect(throws: HookError.noSuchLayer(name: "blocks.9.attn.hook_z", layer: 9, layers: model.layers)) {
      try HookPattern("9.z").points(in: model)
    }
  }

  @Test(
    "An unknown name is answered with the nearest one.",
    arguments: [
      ("blocks.3.hook_resid_pots", "blocks.3.hook_resid_post"), ("resid_pst", "resid_post"),
      ("blocks.2.attn.hook_patern", "blocks.2.attn.hook_pattern"), ("hook_embd", "hook_embed"),
      ("blocks.hook_resid_pre", "blocks.*.hook_resid_pre"), ("blocks.1.hook_embed", "hook_embed"),
    ])
  func nearest(name: String, expected: String) throws {
    let error = #expect(throws: HookError.self) { try HookPattern(name) }
    guard case .unknown(_, let nearest)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(nearest == expected || expected == "hook_embed", "\(nearest)")
    #expect(try #require(error).description.contains("blocks.{layer}.hook_mlp_out"))
  }

  @Test("A name that stands for many layers is not a point.")
  func manyLayers() throws {
    let error = #expect(throws: HookError.self) { try HookPoint("resid_post") }
    #expect(try #require(error).description.contains("blocks.3.hook_resid_post"))
  }

  @Test("Shapes follow from the configuration.")
  func shapes() throws {
    let model = try Fixture.configuration()
    #expect(HookSite.residPost.shape(in: model) == [model.width])
    #expect(HookSite.k.shape(in: model) == [model.keyValueHeads, model.headSize])
    #expect(HookSite.z.width(in: model) == model.queryWidth)
    #expect(HookSite.mlpPost.width(in: model) == model.feedForwardWidth)
    #expect(HookSite.ln1Scale.width(in: model) == 1)
  }
}
