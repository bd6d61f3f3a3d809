/* emit.c: a register as C, Verilog and VHDL source, some bits a clock.
 *
 * Over GF(2) each cell after w steps, and each bit given out meanwhile, is a sum of cells now and
 * perhaps a 1. `sums` keeps them as words with a bit for each cell and one for the 1: first the
 * width bits given out, then the n cells. They are found by stepping the register whose cells are
 * such words.
 */
#include "lfsr/machine.h"

#include <string.h>

typedef struct emission {
    const be_lfsr *lfsr;
    const be_lfsr_emission *how;
    be_text *text;
    size_t n;
    size_t n_words; /* of n + 1 bits */
    size_t n_sums;  /* width + n */
    uint64_t *sums; /* [n_sums][n_words] */
} emission;

static uint64_t *sum_of(const emission *e, size_t i)
{
    return e->sums + i * e->n_words;
}

static void add(const emission *e, uint64_t *to, const uint64_t *from)
{
    for (size_t w = 0; w < e->n_words; w++) {
        to[w] ^= from[w];
    }
}

/* cells[j] = sum over i of cells[i] A[i][j], plus the constant. */
static void step(const emission *e, uint64_t *cells, uint64_t *next)
{
    const be_lfsr *lfsr = e->lfsr;
    size_t n = e->n, words = e->n_words;
    memset(next, 0, n * words * sizeof *next);
    for (size_t i = 0; i < n; i++) {
        const uint64_t *cell = cells + i * words;
        if (lfsr->form == BE_LFSR_MATRIX || (lfsr->form == BE_LFSR_GALOIS && i == n - 1)) {
            for (size_t j = 0; j < n; j++) {
                if (be__lfsr_entry(lfsr, i, j)) {
                    add(e, next + j * words, cell);
                }
            }
        } else if (lfsr->form == BE_LFSR_GALOIS) {
            add(e, next + (i + 1) * words, cell);
        } else {
            if (i > 0) {
                add(e, next + (i - 1) * words, cell);
            }
            if (lfsr->coefficients[i]) {
                add(e, next + (n - 1) * words, cell);
            }
        }
    }
    for (size_t j = 0; j < n && lfsr->constant; j++) {
        next[j * words + n / 64] ^= lfsr->constant[j] << n % 64;
    }
    memcpy(cells, next, n * words * sizeof *next);
}

static be_status find_sums(emission *e)
{
    const be_allocator *allocator = e->lfsr->allocator;
    uint64_t *next = be__allocate(allocator, e->n * e->n_words, sizeof *next);
    if (!next) {
        return BE_ENOMEM;
    }
    uint64_t *cells = sum_of(e, e->how->width);
    for (size_t i = 0; i < e->n; i++) {
        be__lfsr_flip(cells + i * e->n_words, i);
    }
    for (unsigned t = 0; t < e->how->width; t++) {
        uint64_t *out = sum_of(e, t);
        memcpy(out, cells + be__lfsr_output(e->lfsr) * e->n_words, e->n_words * sizeof *out);
        if (e->lfsr->inverted) {
            be__lfsr_flip(out, e->n);
        }
        step(e, cells, next);
    }
    be__release(allocator, next, e->n * e->n_words, sizeof *next);
    return BE_OK;
}

/* ---- hardware ------------------------------------------------------------------------------- */

static void add_hardware_sum(const emission *e, size_t i)
{
    bool vhdl = e->how->language == BE_LFSR_VHDL, any = false;
    const uint64_t *sum = sum_of(e, i);
    for (size_t j = 0; j <= e->n; j++) {
        if (!be__lfsr_bit(sum, j)) {
            continue;
        }
        be_text_puts(e->text, !any ? "" : vhdl ? " xor " : " ^ ");
        any = true;
        if (j == e->n) {
            be_text_puts(e->text, vhdl ? "'1'" : "1'b1");
        } else {
            be_text_printf(e->text, vhdl ? "s(%zu)" : "s[%zu]", j);
        }
    }
    if (!any) {
        be_text_puts(e->text, vhdl ? "'0'" : "1'b0");
    }
}

static void add_seed(const emission *e)
{
    for (size_t i = e->n; i-- > 0;) {
        be_text_puts(e->text, e->how->seed[i] ? "1" : "0");
    }
}

static void add_verilog(const emission *e)
{
    be_text *t = e->text;
    const char *name = e->how->name;
    size_t n = e->n;
    unsigned width = e->how->width;
    be_text_printf(
        t,
        "// %s: a linear feedback shift register of %zu cells, %u bits a clock.\n"
        "// data[0] is the first in time. reset (synchronous) loads SEED; without enable\n"
        "// everything stays.\n"
        "module %s #(parameter [%zu:0] SEED = %zu'b",
        name, n, width, name, n - 1, n);
    add_seed(e);
    be_text_printf(t,
                   ") (\n    input wire clk,\n    input wire reset,\n    input wire enable,\n"
                   "    output wire [%u:0] data\n);\n    reg [%zu:0] s;\n",
                   width - 1, n - 1);
    for (size_t i = 0; i < width; i++) {
        be_text_printf(t, "    assign data[%zu] = ", i);
        add_hardware_sum(e, i);
        be_text_puts(t, ";\n");
    }
    be_text_puts(t, "    always @(posedge clk) begin\n        if (reset) begin\n"
                    "            s <= SEED;\n        end else if (enable) begin\n");
    for (size_t i = 0; i < n; i++) {
        be_text_printf(t, "            s[%zu] <= ", i);
        add_hardware_sum(e, width + i);
        be_text_puts(t, ";\n");
    }
    be_text_puts(t, "        end\n    end\nendmodule\n\n");
    be_text_printf(t,
                   "module %s_tb;\n"
                   "    reg clk = 0, reset = 1, enable = 0;\n"
                   "    wire [%u:0] data;\n"
                   "    integer clocks = 0, ticks = 0, i;\n"
                   "    %s dut(.clk(clk), .reset(reset), .enable(enable), .data(data));\n"
                   "    always #5 clk = !clk;\n"
                   "    always @(negedge clk) begin\n"
                   "        ticks = ticks + 1;\n"
                   "        reset = ticks < 2;\n"
                   "        enable = !reset && ticks %% 5 != 0;\n"
                   "        if (enable) begin\n"
                   "            if (clocks == %llu) $finish;\n"
                   "            for (i = 0; i < %u; i = i + 1) $write(\"%%b\", data[i]);\n"
                   "            $write(\"\\n\");\n"
                   "            clocks = clocks + 1;\n"
                   "        end\n"
                   "    end\n"
                   "endmodule\n",
                   name, width - 1, name, (unsigned long long)e->how->clocks, width);
}

static void add_vhdl(const emission *e)
{
    be_text *t = e->text;
    const char *name = e->how->name;
    size_t n = e->n;
    unsigned width = e->how->width;
    be_text_printf(
        t,
        "-- %s: a linear feedback shift register of %zu cells, %u bits a clock.\n"
        "-- data(0) is the first in time. reset (synchronous) loads SEED; without enable\n"
        "-- everything stays.\n"
        "library ieee;\nuse ieee.std_logic_1164.all;\n\n"
        "entity %s is\n    generic (SEED : std_logic_vector(%zu downto 0) := \"",
        name, n, width, name, n - 1);
    add_seed(e);
    be_text_printf(t,
                   "\");\n    port (clk, reset, enable : in std_logic;\n"
                   "          data : out std_logic_vector(%u downto 0));\nend entity;\n\n"
                   "architecture rtl of %s is\n    signal s : std_logic_vector(%zu downto 0);\n"
                   "begin\n",
                   width - 1, name, n - 1);
    for (size_t i = 0; i < width; i++) {
        be_text_printf(t, "    data(%zu) <= ", i);
        add_hardware_sum(e, i);
        be_text_puts(t, ";\n");
    }
    be_text_puts(t, "    process (clk)\n    begin\n        if rising_edge(clk) then\n"
                    "            if reset = '1' then\n                s <= SEED;\n"
                    "            elsif enable = '1' then\n");
    for (size_t i = 0; i < n; i++) {
        be_text_printf(t, "                s(%zu) <= ", i);
        add_hardware_sum(e, width + i);
        be_text_puts(t, ";\n");
    }
    be_text_puts(t,
                 "            end if;\n        end if;\n    end process;\nend architecture;\n\n");
    be_text_printf(
        t,
        "library ieee;\nuse ieee.std_logic_1164.all;\nuse std.textio.all;\n\n"
        "entity %s_tb is\nend entity;\n\n"
        "architecture bench of %s_tb is\n"
        "    signal clk : std_logic := '0';\n"
        "    signal reset : std_logic := '1';\n"
        "    signal enable : std_logic := '0';\n"
        "    signal data : std_logic_vector(%u downto 0);\n"
        "begin\n"
        "    dut : entity work.%s port map (clk => clk, reset => reset, enable => enable,\n"
        "                                   data => data);\n"
        "    process\n"
        "        variable bits : line;\n"
        "        variable clocks, ticks : natural := 0;\n"
        "    begin\n"
        "        while clocks < %llu loop\n"
        "            clk <= '1';\n"
        "            wait for 5 ns;\n"
        "            clk <= '0';\n"
        "            ticks := ticks + 1;\n"
        "            enable <= '0';\n"
        "            if ticks >= 2 then\n"
        "                reset <= '0';\n"
        "                if ticks mod 5 /= 0 then\n"
        "                    enable <= '1';\n"
        "                    for i in 0 to %u loop\n"
        "                        if data(i) = '1' then\n"
        "                            write(bits, 1);\n"
        "                        else\n"
        "                            write(bits, 0);\n"
        "                        end if;\n"
        "                    end loop;\n"
        "                    writeline(output, bits);\n"
        "                    clocks := clocks + 1;\n"
        "                end if;\n"
        "            end if;\n"
        "            wait for 5 ns;\n"
        "        end loop;\n"
        "        wait;\n"
        "    end process;\n"
        "end architecture;\n",
        name, name, width - 1, name, (unsigned long long)e->how->clocks, width - 1);
}

/* ---- C -------------------------------------------------------------------------------------- */

/* The sums as masks over the state's words; their 1s as a word array of their own. */
static void add_c(const emission *e)
{
    be_text *t = e->text;
    const char *name = e->how->name;
    size_t n = e->n, words = (n + 63) / 64;
    unsigned width = e->how->width;
    be_text_printf(
        t,
        "/* %s: a linear feedback shift register of %zu cells, %u bits a clock. bits[0] "
        "is the first\n * in time. Compile with -D%s_TEST for a test bench. */\n"
        "#include <stdint.h>\n#include <string.h>\n\n"
        "enum { %s_CELLS = %zu, %s_WORDS = %zu, %s_WIDTH = %u };\n\n"
        "typedef struct %s {\n    uint64_t s[%s_WORDS]; /* cell i is bit i %% 64 of word "
        "i / 64 */\n} %s;\n\n"
        "/* Each bit given out, then each cell after a clock: which cells are summed. */\n"
        "static const uint64_t %s_sum[%s_WIDTH + %s_CELLS][%s_WORDS] = {\n",
        name, n, width, name, name, n, name, words, name, width, name, name, name, name, name, name,
        name);
    for (size_t i = 0; i < e->n_sums; i++) {
        be_text_puts(t, "    {");
        for (size_t w = 0; w < words; w++) {
            uint64_t mask = sum_of(e, i)[w];
            if (w == n / 64) {
                mask &= (UINT64_C(1) << n % 64) - 1;
            }
            be_text_printf(t, w ? ", UINT64_C(0x%llx)" : "UINT64_C(0x%llx)",
                           (unsigned long long)mask);
        }
        be_text_puts(t, "},\n");
    }
    be_text_printf(t,
                   "};\n/* ... and to which of them 1 is added. */\n"
                   "static const unsigned char %s_one[%s_WIDTH + %s_CELLS] = {",
                   name, name, name);
    for (size_t i = 0; i < e->n_sums; i++) {
        be_text_printf(t, "%s%s%u", i ? "," : "", i % 24 ? " " : "\n    ",
                       be__lfsr_bit(sum_of(e, i), n));
    }
    be_text_printf(t, "};\nstatic const uint64_t %s_seed[%s_WORDS] = {", name, name);
    for (size_t w = 0; w < words; w++) {
        uint64_t seed = 0;
        for (size_t i = 64 * w; i < 64 * w + 64 && i < n; i++) {
            seed |= e->how->seed[i] << i % 64;
        }
        be_text_printf(t, w ? ", UINT64_C(0x%llx)" : "UINT64_C(0x%llx)", (unsigned long long)seed);
    }
    be_text_printf(
        t,
        "};\n\n"
        "static unsigned %s_bit(const %s *r, int i)\n{\n"
        "    uint64_t x = 0;\n"
        "    for (int w = 0; w < %s_WORDS; w++) {\n"
        "        x ^= r->s[w] & %s_sum[i][w];\n    }\n"
        "    for (int by = 32; by > 0; by /= 2) {\n        x ^= x >> by;\n    }\n"
        "    return (unsigned)(x & 1) ^ %s_one[i];\n}\n\n"
        "void %s_reset(%s *r)\n{\n    memcpy(r->s, %s_seed, sizeof r->s);\n}\n\n"
        "/* One clock: `bits` are given out whether enabled or not. */\n"
        "void %s_clock(%s *r, int enable, unsigned char bits[%s_WIDTH])\n{\n"
        "    %s next = {{0}};\n"
        "    for (int i = 0; i < %s_WIDTH; i++) {\n"
        "        bits[i] = (unsigned char)%s_bit(r, i);\n    }\n"
        "    for (int i = 0; i < %s_CELLS; i++) {\n"
        "        next.s[i / 64] |= (uint64_t)%s_bit(r, %s_WIDTH + i) << i %% 64;\n    }\n"
        "    if (enable) {\n        *r = next;\n    }\n}\n\n",
        name, name, name, name, name, name, name, name, name, name, name, name, name, name, name,
        name, name);
    be_text_printf(t,
                   "#ifdef %s_TEST\n#include <stdio.h>\n\nint main(void)\n{\n"
                   "    %s r;\n    unsigned char bits[%s_WIDTH];\n    %s_reset(&r);\n"
                   "    for (unsigned long clocks = 0, ticks = 1; clocks < %lluu; ticks++) {\n"
                   "        int enable = ticks %% 5 != 0;\n"
                   "        %s_clock(&r, enable, bits);\n"
                   "        for (int i = 0; enable && i < %s_WIDTH; i++) {\n"
                   "            putchar('0' + bits[i]);\n        }\n"
                   "        if (enable) {\n            putchar('\\n');\n            clocks++;\n"
                   "        }\n    }\n    return 0;\n}\n#endif\n",
                   name, name, name, name, (unsigned long long)e->how->clocks, name, name);
}

/* ---- the call ------------------------------------------------------------------------------- */

/* A name for all three languages: a letter, then letters, digits and single underscores within. */
static bool good_name(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool later = (c >= '0' && c <= '9') || (c == '_' && name[i - 1] != '_');
        if (!word && !(i > 0 && later)) {
            return false;
        }
    }
    return n > 0 && n <= 64 && name[n - 1] != '_';
}

be_status be_lfsr_emit(const be_lfsr *lfsr, const be_lfsr_emission *how, be_text *text,
                       be_error *error)
{
    if (lfsr->field.q != 2 || lfsr->n > BE_LFSR_MATRIX_MAX) {
        return be_error_set(error, BE_EDOMAIN, "a register over GF(2) of at most %d cells",
                            BE_LFSR_MATRIX_MAX);
    }
    if (!good_name(how->name)) {
        return be_error_set(error, BE_EINVAL, "a name of letters, digits and single underscores");
    }
    if (how->width == 0 || how->width > BE_LFSR_EMIT_WIDTH_MAX) {
        return be_error_set(error, BE_EINVAL, "1 to %d bits a clock", BE_LFSR_EMIT_WIDTH_MAX);
    }
    emission e = {.lfsr = lfsr,
                  .how = how,
                  .text = text,
                  .n = lfsr->n,
                  .n_words = lfsr->n / 64 + 1,
                  .n_sums = how->width + lfsr->n};
    e.sums = be__allocate_zeroed(lfsr->allocator, e.n_sums * e.n_words, sizeof *e.sums);
    be_status status = e.sums ? find_sums(&e) : BE_ENOMEM;
    if (!status) {
        switch (how->language) {
        case BE_LFSR_C:
            add_c(&e);
            break;
        case BE_LFSR_VERILOG:
            add_verilog(&e);
            break;
        case BE_LFSR_VHDL:
            add_vhdl(&e);
            break;
        }
        status = be_text_status(text);
    }
    be__release(lfsr->allocator, e.sums, e.n_sums * e.n_words, sizeof *e.sums);
    return status ? be_error_set(error, status, "memory for the source") : BE_OK;
}
