extension StringProtocol {
    /// This text in a form that a log or a page may show: at most `limit` scalars, and none that moves a cursor, hides or reorders text.
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
