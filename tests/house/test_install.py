"""What an embedder does with the installed library: pkg-config, CMake, C++, a Meson subproject."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import tap

TREE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = TREE / "examples/embed.c"
ANSWER = "837799 takes 524 steps"  # the longest below a million; OEIS A006877
_work = tempfile.TemporaryDirectory()
WORK = pathlib.Path(_work.name)
PREFIX = WORK / "moved here"  # the build was configured for another prefix


def _run(*command, env=None, cwd=WORK):
    result = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            cwd=cwd, env={**os.environ, **(env or {})})
    assert result.returncode == 0, f"{command}:\n{result.stdout}"
    return result.stdout


def _need(tool):
    path = shutil.which(tool)
    if not path:
        raise tap.Skip(f"{tool} is not installed")
    return path


def _libdir():
    return next(PREFIX.rglob("libbreakeven.so")).parent


def _pkg_config(*arguments):
    """Its answer as words; the prefix is the one the files now lie under."""
    out = _run(_need("pkg-config"), "--define-variable=prefix=/prefix", *arguments,
               env={"PKG_CONFIG_PATH": str(_libdir() / "pkgconfig")})
    return [word.replace("/prefix", str(PREFIX)) for word in out.split()]


def _answer(program):
    out = _run(program, env={"LD_LIBRARY_PATH": str(_libdir())})
    assert ANSWER in out, out


def it_installs_everything_under_one_prefix():
    staged = WORK / "staged"
    _run("meson", "install", "-C", os.environ["BUILD"], "--no-rebuild", "--destdir", staged)
    (staged / os.environ["PREFIX"].lstrip("/")).rename(PREFIX)
    assert not [p for p in staged.rglob("*") if p.is_file()]
    assert {p.name for p in (PREFIX / "include/breakeven").iterdir()} == {
        p.name for p in (TREE / "include/breakeven").iterdir()}
    for library in ("breakeven", "breakeven-io", "breakeven-study", "breakeven-lfsr", "breakeven-option",
                    "breakeven-arc"):
        assert (_libdir() / f"lib{library}.so").exists() and (_libdir() / f"lib{library}.a").exists()
        assert f"-l{library}" in _pkg_config("--libs", library)


def an_embedder_links_the_core_by_pkg_config():
    # All warnings at their strictest: the header must not need the embedder's patience.
    _run(*os.environ["CC"].split(), "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", EXAMPLE,
         *_pkg_config("--cflags", "--libs", "breakeven"), "-o", WORK / "by_pkg_config")
    _answer(WORK / "by_pkg_config")


def an_embedder_links_the_core_statically():
    libs = [word for word in _pkg_config("--cflags", "--libs", "--static", "breakeven") if word != "-lbreakeven"]
    _run(*os.environ["CC"].split(), EXAMPLE, _libdir() / "libbreakeven.a", *libs, "-o", WORK / "statically")
    needed = _run("readelf", "-d", WORK / "statically")
    assert "libbreakeven" not in needed, needed
    _answer(WORK / "statically")


def an_embedder_in_cxx17_links_the_core():
    if not os.environ["CXX"]:
        raise tap.Skip("no C++ compiler (package g++)")
    source = WORK / "embed.cc"
    source.write_text(EXAMPLE.read_text().replace("unsigned *out = ctx;", "auto out = static_cast<unsigned *>(ctx);"))
    _run(os.environ["CXX"], "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", source,
         *_pkg_config("--cflags", "--libs", "breakeven"), "-o", WORK / "in_cxx")
    _answer(WORK / "in_cxx")


def an_embedder_finds_the_core_by_cmake():
    project = WORK / "by_cmake"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\n"
        "project(embed C)\n"
        f"find_package(breakeven {os.environ['VERSION'].rsplit('.', 1)[0]} REQUIRED)\n"
        f'add_executable(embed "{EXAMPLE}")\n'
        "target_link_libraries(embed PRIVATE breakeven::breakeven)\n")
    cmake = _need("cmake")
    _run(cmake, "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={PREFIX}",
         f"-DCMAKE_C_COMPILER={os.environ['CC'].split()[-1]}")
    _run(cmake, "--build", project / "build")
    _answer(project / "build/embed")
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\n"
        "project(embed C)\n"
        "find_package(breakeven 99.0 QUIET)\n"
        "if(breakeven_FOUND)\n  message(FATAL_ERROR found)\nendif()\n")
    _run(cmake, "-G", "Ninja", "-S", project, "-B", project / "other", f"-DCMAKE_PREFIX_PATH={PREFIX}",
         f"-DCMAKE_C_COMPILER={os.environ['CC'].split()[-1]}")


def a_meson_project_takes_the_core_as_a_subproject_without_jansson():
    project = WORK / "with_subproject"
    core = project / "subprojects/breakeven"
    shutil.copytree(TREE, core, ignore=shutil.ignore_patterns("build", ".git", "out", "tests", "cli", "bench"))
    (project / "embed.c").write_text(EXAMPLE.read_text())
    (project / "meson.build").write_text(
        "project('mine', 'c')\n"
        "breakeven = dependency('breakeven', fallback: 'breakeven', version: '>= 0.1')\n"
        "executable('embed', 'embed.c', dependencies: breakeven)\n")
    said = _run("meson", "setup", project / "build", project, "--wrap-mode=forcefallback")
    assert "Dependency jansson skipped" in said, said
    _run("ninja", "-C", project / "build", "embed")
    _answer(project / "build/embed")


tap.run(__name__)
