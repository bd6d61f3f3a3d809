"""Write the tasks of data/arc as C strings: python3 tools/gen_arc_bundled.py data/arc
> src/arc/bundled.inc. So the library has them without looking for a file, and they go through the
same parser as anybody's."""
import json
import pathlib
import sys

LONGEST = 4095  # bytes of a string literal that every C17 compiler takes


def main(folder):
    print("/* python3 tools/gen_arc_bundled.py data/arc > src/arc/bundled.inc */")
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        text = path.read_text(encoding="ascii")
        if len(text) > LONGEST:
            sys.exit(f"{path}: longer than {LONGEST} bytes")
        print(f"{{{json.dumps(path.stem)},")
        print("\n".join(json.dumps(line) for line in text.splitlines(keepends=True)) + "},")


main(*sys.argv[1:])
