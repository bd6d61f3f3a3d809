/* book.h: books as the workload makes them. */
#ifndef BE__OPTION_BOOK_H
#define BE__OPTION_BOOK_H

#include <breakeven/option.h>

enum { BE__OPTION_BYTES = 6 * sizeof(double) + 1 }; /* one option of a book */

/* A book of n options that are all 0, or BE_ELIMIT, BE_ENOMEM. */
be_status be__option_book_create(size_t n, const be_allocator *allocator, be_option_book **book,
                                 be_error *error);

/* Fill `book` with the options of `from`, which has some, over and over. */
void be__option_book_repeat(be_option_book *book, const be_option_book *from);

#endif
