/* folder.h: cmocka's set-up and tear-down for a test that runs in an empty folder of its own, in
 * which it may leave the journal "j". */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int enter_folder(void **state)
{
    char folder[] = "/tmp/breakeven-test-XXXXXX";
    if (!mkdtemp(folder) || chdir(folder)) {
        return -1;
    }
    *state = strdup(folder);
    return 0;
}

static int leave_folder(void **state)
{
    unlink("j");
    unlink("j.new");
    int failed = chdir("/") | rmdir(*state);
    free(*state);
    return failed;
}

#endif
