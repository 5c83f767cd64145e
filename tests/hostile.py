"""Text that has broken programs: quotes, wildcards, SQL, placeholders, other scripts, formulas."""

HOSTILE = [
    "O'Brien", "100% Rail", "a;b", "'; DROP TABLE model.accounts; --", 'say "yes"', "$filter_0_0", "%", "_", "{n}",
    "x' OR '1'='1", "Ñandú 鉄道 🚆", "\\", "a=b", "<b>[x](y)</b>", "=1+1",
]  # fmt: skip

DEVICES = ("CON", "PRN", "AUX", "NUL", "COM1", "COM9", "LPT1", "LPT9", "CLOCK$", "CONIN$")
PATHS = (
    "../", "..\\", "/", "//", "~/", "~root/", "./../", "a/../../", "..;/", "....//", "%2e%2e%2f", "%2e%2e/", "..%2f",
    "..%5c", "%252e%252e%252f", "..%c0%af", "\u2025/", "\uff0e\uff0e\uff0f", "file:///", "http://evil.example/",
    "\\\\host\\share\\", "\\\\?\\C:\\", "C:\\", "C:", "/etc/", "/proc/self/", "/dev/", "b\x00/../", ".git/",
    "__proto__/",
)  # fmt: skip
MARKS = (
    "a.csv:$DATA", "a.csv::$INDEX_ALLOCATION", "a\x00b.csv", "a.csv\x00.exe", "\u202evsc.exe.csv",
    "\u2066a\u2069.csv", "a\u200b.csv", "\ufeffa.csv", "a\nb.csv", "a\rb.csv", "a\tb.csv", "a\x1b[31mb.csv",
    "a\x07.csv", "a\x7f.csv", " .csv", ".csv", "...", ".", "..", "a.csv.", "a.csv ", "-rf.csv", "--help.csv",
    "*?.csv", "[a-z].csv", "{0}.csv", "{n}.csv", "%s%n.csv", "%00.csv", "$(reboot).csv", "`id`.csv", "; rm -rf ~.csv",
    "| cat.csv", "&& id.csv", "> out.csv", "$HOME.csv", "!!.csv", "'; DROP TABLE x; --.csv", '" OR 1=1 --.csv',
    "a'b\"c.csv", "$x$.csv", "a,b;c.csv", "=1+1.csv", "+1.csv", "@SUM(A1).csv", "\uff1d1+1.csv",
    "<script>alert(1)</script>.csv", "<img src=x onerror=alert(1)>.csv", "[see](http://evil.example).csv",
    "![p](http://evil.example/p.png).csv", "**loud**.csv", ":material/home:.csv", ":smile:.csv", "$x^2$.csv",
    "# a.csv", "&lt;b&gt;.csv", "javascript:alert(1).csv", "\U0001f4a5.csv", "a\u0301\u0301\u0301.csv",
    "\u5317\u4eac.csv", "\u041f\u0440.csv", "\ud7ff.csv", "\ufffd.csv", "x" * 250 + ".csv", "x" * 5_000 + ".csv",
    "y" * 300 + "/" + "z" * 300 + ".csv", "None", "nan", "true.csv", "0.csv", "1e999.csv", "-1.csv", "NULL.csv",
    "undefined.csv", "constructor.csv", "<a href='//evil.example'>.csv", "a.csv/", "a.csv\\", "CURRENT",
    "import.json",
)  # fmt: skip
FILE_NAMES = (*(f"{device}.csv" for device in DEVICES), *(f"{path}evil.csv" for path in PATHS), *MARKS)
"""A hundred and twenty names that lead out of a directory, mean a device, or are more than text to somebody."""
