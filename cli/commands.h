/* commands.h: every subcommand, in the order `breakeven help` lists them. A line COMMAND(x) stands
 * for cli/x.c, which defines command_x, and for the man page breakeven-x. cli/meson.build reads
 * these lines too. */
COMMAND(demo)
COMMAND(study)
COMMAND(report)
COMMAND(arc)
COMMAND(lfsr)
COMMAND(option)
COMMAND(doctor)
COMMAND(help)
COMMAND(version)
COMMAND(completions)
COMMAND(man)
