"""Which names conflict: names that are equal but for case or width, or look alike."""

import unicodedata

from .confusables import caseless_skeleton, replace_composed, skeleton
from .folding import fold_key


def conflict_keys(name: str) -> set[str]:
    """Return the keys of *name*; two names that share a key cannot both be taken.

    Names that differ only by case or width share the first key; names that look alike
    share one of the others. These are derived from the name and from its NFKC form,
    since NFKC can change the look: it replaces a letter that looks like C with a sigma.
    """
    nfkc = unicodedata.normalize("NFKC", name)
    keys = {fold_key(name)}
    for form in {name, nfkc, replace_composed(name), replace_composed(nfkc)}:
        keys.add(f"look {caseless_skeleton(form)}")
        for case in {form, form.upper(), form.lower()}:
            keys.add(f"case {skeleton(case)}")
    return keys
