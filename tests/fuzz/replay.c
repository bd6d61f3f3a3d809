/* replay.c: run a fuzz target over every file of the folders and files named on the command line,
 * one TAP case a file, with any compiler. Each input lies in memory of exactly its size, so that a
 * read past its end is seen by a sanitizer or valgrind. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_cases;

static void replay_file(const char *path, const struct stat *about)
{
    size_t size = (size_t)about->st_size;
    uint8_t *data = malloc(size + !size);
    FILE *file = fopen(path, "rb");
    n_cases++;
    if (!data || !file || fread(data, 1, size, file) != size) {
        printf("not ok %u - cannot read %s\n", n_cases, path);
    } else {
        /* Said first: if the target crashes, the last line names the input. */
        printf("# %s, %zu bytes\n", path, size);
        fflush(stdout);
        LLVMFuzzerTestOneInput(data, size);
        const char *slash = strrchr(path, '/');
        printf("ok %u - %s\n", n_cases, slash ? slash + 1 : path);
    }
    if (file) {
        fclose(file);
    }
    free(data);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        printf("not ok %u - there is no %s\n", ++n_cases, path);
        return;
    }
    if (!S_ISDIR(about.st_mode)) {
        replay_file(path, &about);
        return;
    }
    struct dirent **entries;
    int n = scandir(path, &entries, not_hidden, by_name);
    for (int i = 0; i < n; i++) {
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        replay(inner);
        free(entries[i]);
    }
    if (n >= 0) {
        free(entries);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    printf("1..%u\n", n_cases);
    return n_cases == 0;
}
