"""PARI, an oracle nobody here wrote, run as a process of its own: orders and factors of random polynomials
are the same. BREAKEVEN_TEST_PARI=N asks about N polynomials instead of 100."""
import json
import os
import random
import shutil
import subprocess
import tempfile

import tap


def _gp(script):
    with tempfile.NamedTemporaryFile("w", suffix=".gp") as file:
        file.write(script)
        file.flush()
        return subprocess.run(["gp", "-q", file.name], stdin=subprocess.DEVNULL, check=True, stdout=subprocess.PIPE,
                              text=True).stdout.split("\n")


def _ours(rows, q):
    """The analyses of rows of coefficients."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("".join(",".join(map(str, row)) + "\n" for row in rows))
        file.flush()
        result = subprocess.run([os.environ["BREAKEVEN"], "lfsr", "analyze", "--json", file.name, str(q)],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)["registers"]


def _agree(p, n_rows, degree_max):
    """Factors and order of x^n - sum of c_i x^i with c_0 != 0 over GF(p)."""
    rng = random.Random(p)
    rows = [[rng.randrange(1, p)] + [rng.randrange(p) for _ in range(rng.randrange(degree_max))]
            for _ in range(n_rows)]
    # The order of x modulo g^e is that modulo g times the least power of p that is at least e.
    script = f"""ord(f)={{my(F=factor(f*Mod(1,{p})),L=1);for(i=1,matsize(F)[1],my(g=F[i,1],e=F[i,2],o,t=1);
if(poldegree(g)==1,o=znorder(-polcoeff(g,0)),o=fforder(ffgen(g,'a)));
while(t<e,t*={p});L=lcm(L,o*t));
print(L," ",vecsort(vector(matsize(F)[1],i,[poldegree(F[i,1]),F[i,2]])))}}\n"""
    for row in rows:
        terms = "+".join(f"{-c}*x^{i}" for i, c in enumerate(row) if c)
        script += f"ord(x^{len(row)}+{terms})\n"
    theirs, registers = _gp(script), _ours(rows, p)
    assert len(theirs) == n_rows + 1 and len(registers) == n_rows, (p, theirs[:1])
    for row, line, register in zip(rows, theirs, registers):
        order, _, shape = line.partition(" ")
        ours = sorted([_degree(f["poly"]), f["exponent"]] for f in register["factors"])
        assert register["order"] == order and str(ours) == shape, (p, row, line, register)


def _degree(polynomial):
    """The degree of x^5 + ..."""
    lead = polynomial.split(" ")[0]
    return int(lead.split("^")[1]) if "^" in lead else 1


def factors_and_orders_are_those_of_pari():
    if not shutil.which("gp"):
        raise tap.Skip("no gp (package pari-gp)")
    asked = int(os.environ.get("BREAKEVEN_TEST_PARI", "100"))
    for p, share, degree_max in (2, 0.7, 140), (3, 0.1, 40), (5, 0.1, 25), (7, 0.05, 20), (101, 0.05, 8):
        _agree(p, int(asked * share), degree_max)


tap.run(__name__)
