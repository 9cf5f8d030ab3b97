extension StringProtocol {
    /// This text as a log or a page may show it: at most `limit` scalars, nothing that moves a cursor, hides or reorders text.
    ///
    /// Cut by scalars, not by characters, since one character may carry any number of combining marks.
    package func shown(limit: Int = 80) -> String {
        var text = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                continue
            default:
                guard count < limit else { return String(text) }
                text.append(scalar)
                count += 1
            }
        }
        return String(text)
    }
}
