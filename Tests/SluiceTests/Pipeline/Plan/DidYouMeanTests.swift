import Sluice
import Testing

@Suite struct DidYouMeanTests {
    @Test(arguments: [
        ("txt", "text"), ("Text", "text"), ("trnaslation", "translation"), ("statsu", "status"), ("原文列", "原文"),
        ("txet", "text"),
    ])
    func `a slip of the pen finds the name that was meant`(typed: String, meant: String) {
        #expect(DidYouMean.nearest(to: typed, among: ["author", "text", "translation", "status", "原文"]) == meant)
    }

    @Test func `nothing is suggested for what is far from everything`() {
        #expect(DidYouMean.nearest(to: "zebra", among: ["text", "author"]) == nil)
        #expect(DidYouMean.nearest(to: "zebra", among: []) == nil)
    }

    @Test func `of equally near names the first wins`() {
        #expect(DidYouMean.nearest(to: "rxn", among: ["run", "ran"]) == "run")
    }
}
