"""Text that has broken programs: quotes, wildcards, SQL, placeholders, other scripts, formulas."""

HOSTILE = [
    "O'Brien", "100% Rail", "a;b", "'; DROP TABLE model.accounts; --", 'say "yes"', "$filter_0_0", "%", "_", "{n}",
    "x' OR '1'='1", "Ñandú 鉄道 🚆", "\\", "a=b", "<b>[x](y)</b>", "=1+1",
]  # fmt: skip
