import Foundation
import Site
import Testing

/// The report in a real browser, as people see it.
@Suite("In a browser", .serialized)
struct BrowserTests {
  /// Where a browser may be.
  static let browser = ["chromium", "chromium-browser", "google-chrome"].lazy
    .map { "/usr/bin/\($0)" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(
    "Nothing scrolls sideways, no script fails, and text has contrast: at 1280 and 390 pixels, light and dark.",
    .enabled(if: browser != nil, "needs chromium: make test installs it"))
  func looks() throws {
    let workspace = Workspace()
    // PALIMPSEST_LOOK=folder keeps the sample report there, for a look with one's own eyes.
    if let folder = ProcessInfo.processInfo.environment["PALIMPSEST_LOOK"] {
      let site = Site(theme: workspace.theme, output: URL(filePath: folder))
      _ = try site.render([SampleReport.page(), SampleReport.training])
    }
    let pages = try workspace.render([SampleReport.page(), SampleReport.training]).map(\.lastPathComponent)
    try Data(Self.probe.utf8).write(to: workspace.output.appending(path: "probe.html"))
    let shown = pages.prefix(3)
    let reports = try Self.visit(
      workspace.output.appending(path: "probe.html"), query: shown.joined(separator: ","))
    #expect(reports.count == shown.count * 4, "\(reports)")
    for report in reports {
      #expect(report.contains("overflow=0"), "\(report)")
      #expect(report.contains("errors=0"), "\(report)")
      #expect(report.contains("contrast=ok"), "\(report)")
      #expect(report.contains("plots=ok"), "\(report)")
      #expect(report.contains(" dark ") == report.contains("dark=true"), "\(report)")
    }
  }

  /// Opens a page and reads the lines that its script left in `#report`.
  private static func visit(_ page: URL, query: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: try #require(browser))
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=20000",
      "--user-data-dir=\(page.deletingLastPathComponent().path)/.profile", "--window-size=1400,1000", "--dump-dom",
      "\(page.absoluteString)?\(query)",
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let html = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let report = try #require(html.firstMatch(of: /<pre id="report">([^<]*)<\/pre>/)?.1)
    return report.split(separator: "\n").map(String.init)
  }

  /// Shows each page in frames of two widths and two colour schemes, and measures it there.
  private static let probe = """
    <!doctype html><meta charset="utf-8"><pre id="report"></pre>
    <script>
    const channels = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
    const luminance = ([r, g, b]) => {
      const linear = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const contrast = (a, b) => {
      const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    const behind = (element, view) => {
      for (let part = element; part; part = part.parentElement) {
        const colour = channels(view.getComputedStyle(part).backgroundColor);
        if (colour.length === 3 || colour[3] > 0) return colour;
      }
      return [255, 255, 255];
    };
    const measure = (view) => {
      const page = view.document.documentElement;
      const poor = [];
      for (const element of view.document.querySelectorAll("body *:not(svg *):not(script):not(svg)")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.getClientRects().length) continue;
        const ratio = contrast(channels(view.getComputedStyle(element).color), behind(element, view));
        if (ratio < 4.5) poor.push(element.className + "=" + ratio.toFixed(2));
      }
      const figures = [...view.document.querySelectorAll("figure")];
      const plots = figures.every((figure) =>
        [...figure.querySelectorAll("svg")].filter((svg) => svg.getClientRects().length).length === 1);
      return [`overflow=${Math.max(0, page.scrollWidth - page.clientWidth)}`,
        `contrast=${poor.length ? [...new Set(poor)].join(";") : "ok"}`, `plots=${plots ? "ok" : "bad"}`];
    };
    const show = (page, width, scheme) => new Promise((done) => {
      const frame = document.createElement("iframe");
      let errors = 0;
      frame.style = `width:${width}px;height:900px;border:0;color-scheme:${scheme}`;
      frame.onload = () => {
        const view = frame.contentWindow;
        view.addEventListener("error", () => errors++);
        for (const part of view.document.querySelectorAll("details")) part.open = true;
        for (const part of view.document.querySelectorAll(".mark, .value, .missing, button")) {
          part.dispatchEvent(new view.PointerEvent("pointerover", { bubbles: true }));
          part.dispatchEvent(new view.MouseEvent("click", { bubbles: true, cancelable: true }));
          part.dispatchEvent(new view.MouseEvent("click", { bubbles: true, cancelable: true }));
        }
        view.document.querySelector(".tip")?.setAttribute("hidden", "");
        if (!view.document.querySelector(".tip")) errors++;
        done([page, width, scheme, ...measure(view), `errors=${errors}`,
          `dark=${view.matchMedia("(prefers-color-scheme: dark)").matches}`].join(" "));
        frame.remove();
      };
      frame.src = page;
      document.body.append(frame);
    });
    (async () => {
      for (const page of decodeURIComponent(location.search.slice(1)).split(","))
        for (const width of [1280, 390])
          for (const scheme of ["light", "dark"])
            document.getElementById("report").textContent += await show(page, width, scheme) + "\\n";
    })();
    </script>
    """
}
