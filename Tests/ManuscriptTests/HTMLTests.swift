import CMark
import Foundation
import Manuscript
import Testing

@Suite("HTML")
struct HTMLTests {
  @Test("Values, references and cells are replaced by what the closures give.")
  func closures() throws {
    let source =
      "# `{value} a.x` here\n\n**See `{value} a.y | %d`** @fig-a.\n\n" + cellA
      + "\n- x\n\n  ```{lens}\n  label: b\n  ```\n"
    #expect(
      try html(source) == """
        <h1 id="here"><V a.x> here</h1>
        <p><strong>See <V a.y></strong> <R a>.</p>
        <C a>
        <ul>
        <li>
        <p>x</p>
        <C b>
        </li>
        </ul>

        """)
  }

  @Test(
    "Ordinary Markdown gives the HTML that libcmark gives.",
    arguments: [
      "", "para\nsoft\n\nnext  \nhard\\\nhard", "1. a\n2. b\n\n   c\n3) d", "3. x\n   - y\n     - z\n\n     w\n- v",
      "> quote\n> - list\n>\n> > deep\nlazy", "***\n\n---",
      "```swift x\nlet a = \"<b>\"\n```\n\n    indented\n\n    <i>",
      "*em* **strong** ***both*** _a_b_ `co<de` ``a`b``", "<div>\nraw\n</div>\n\ntext <b>raw</b> <!-- c -->",
      "[a](http://x.org/?a=1&b=\"2\" \"ti\\\"tle\") [r] ![im *g*](p/q.png 'T') <https://e.org> <me@x.org>\n\n[r]: /u 'v'",
      "[u](<a b>) [v](ä) [w](%20\\[x\\]) [e]()", "&amp; &lt; &copy; &#0; \\* \\& 5 < 6 > 4 \"q\" 'a'", "- a\n-\n- b",
      "-\n\n  x",
      "* a\n\n  b\n* c\n\n\n* d", "- ```\n  code\n  ```\n- x", "a\u{0}b", "- # h\n- > q\n- ---",
      "![a\nb](x.png) ![`c`](y)", "1. \n2. x", "x | y\nnot a table", "\u{FEFF}bom",
    ])
  func likeLibcmark(source: String) throws {
    let written = try parse(source).html(value: { _ in "" }, reference: { _ in "" }, cell: { _ in "" })
      .replacing(#/<h(\d) id="[^"]*">/#) { "<h\($0.1)>" }.replacing("<pre tabindex=\"0\">", with: "<pre>")
    let pointer = try #require(cmark_markdown_to_html(source, source.utf8.count, 0))
    defer { free(pointer) }
    #expect(written == String(cString: pointer))
  }

  @Test(
    "Hostile text stays text.",
    arguments: [
      ("<script>alert(1)</script>", "<!-- raw HTML omitted -->\n"),
      ("a <img src=x onerror=alert(1)>", "<p>a <!-- raw HTML omitted --></p>\n"),
      ("`<script>`", "<p><code>&lt;script&gt;</code></p>\n"),
      ("\\<script>", "<p>&lt;script&gt;</p>\n"),
      ("[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n"),
      ("[x](JaVaScRiPt:alert(1))", "<p><a href=\"\">x</a></p>\n"),
      ("[x](java&Tab;script:alert(1))", "<p><a href=\"\">x</a></p>\n"),
      ("[x](<\u{1}javascript:alert(1)>)", "<p><a href=\"\">x</a></p>\n"),
      (
        "[x](vbscript:x) [y](file:///etc) [z](data:text/html,x)",
        "<p><a href=\"\">x</a> <a href=\"\">y</a> <a href=\"\">z</a></p>\n"
      ),
      ("<javascript:alert(1)>", "<p><a href=\"\">javascript:alert(1)</a></p>\n"),
      ("![x](javascript:alert(1))", "<p><img src=\"\" alt=\"x\" /></p>\n"),
      ("![x](data:image/svg+xml,<svg>)", "<p><img src=\"\" alt=\"x\" /></p>\n"),
      ("![x](data:image/png;base64,AA==)", "<p><img src=\"data:image/png;base64,AA==\" alt=\"x\" /></p>\n"),
      ("![\"onerror=\"x](y)", "<p><img src=\"y\" alt=\"&quot;onerror=&quot;x\" /></p>\n"),
      ("[x](y \"a\\\" onclick=\\\"b\")", "<p><a href=\"y\" title=\"a&quot; onclick=&quot;b\">x</a></p>\n"),
      ("[x](<\" onclick=\"b>)", "<p><a href=\"%22%20onclick=%22b\">x</a></p>\n"),
      (
        "```\"><script>\nx\n```",
        "<pre tabindex=\"0\"><code class=\"language-&quot;&gt;&lt;script&gt;\">x\n</code></pre>\n"
      ),
      ("# <b>&quot;x", "<h1 id=\"x\"><!-- raw HTML omitted -->&quot;x</h1>\n"),
      (
        "[x](a/b:c) [y](?q:r) [z](#s:t)",
        "<p><a href=\"a/b:c\">x</a> <a href=\"?q:r\">y</a> <a href=\"#s:t\">z</a></p>\n"
      ),
      (
        "|<i>|\n|-|\n|\"<script>\"|",
        "<div class=\"frame\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table>\n<thead>\n<tr>\n<th><!-- raw HTML omitted --></th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>&quot;<!-- raw HTML omitted -->&quot;</td>\n</tr>\n</tbody>\n</table></div>\n"
      ),
    ])
  func hostile(source: String, expected: String) throws {
    #expect(try html(source) == expected)
  }

  @Test("Pipe tables have alignments, inline text, missing cells, and pipes behind backslashes and in code.")
  func tables() throws {
    #expect(
      try html("a | *b* | c\n:- | :-: | -:\n1 \\| 2 | `x|y` | **z** | extra\n- \\` | # h\n") == """
        <div class="frame" tabindex="0" role="region" aria-label="a, b, c"><table>
        <thead>
        <tr>
        <th align="left">a</th>
        <th align="center"><em>b</em></th>
        <th align="right">c</th>
        </tr>
        </thead>
        <tbody>
        <tr>
        <td align="left">1 | 2</td>
        <td align="center"><code>x|y</code></td>
        <td align="right"><strong>z</strong></td>
        </tr>
        </tbody>
        </table></div>
        <ul>
        <li>` | # h</li>
        </ul>

        """)
    #expect(
      try html("> | a |\n> |---|\n> | |\n") == """
        <blockquote>
        <div class="frame" tabindex="0" role="region" aria-label="a"><table>
        <thead>
        <tr>
        <th>a</th>
        </tr>
        </thead>
        <tbody>
        <tr>
        <td></td>
        </tr>
        </tbody>
        </table></div>
        </blockquote>

        """)
    #expect(try html("a | b\n--- | --- | ---\n").hasPrefix("<p>a | b"))
  }
}
