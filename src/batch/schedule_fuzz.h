/* batch/schedule_fuzz.h: points at which the schedule-fuzz build perturbs who runs when, a check
 * that a job is still there, and two planted faults that the build must be able to find. All of it
 * is nothing in any other build. */
#ifndef BE__BATCH_SCHEDULE_FUZZ_H
#define BE__BATCH_SCHEDULE_FUZZ_H

#ifdef BE_SCHEDULE_FUZZ

enum be__plant { BE__PLANT_NONE, BE__PLANT_LOST_WAKE, BE__PLANT_RETURNED_JOB };

/* Set by the test: what to do between two steps that another thread could see in between, which
 * fault to commit, and whom to tell that a job was used after its call had returned. */
extern struct be__schedule_fuzz {
    void (*yield)(void);
    enum be__plant plant;
    void (*returned_job_used)(void);
} be__schedule_fuzz;

#define BE__YIELD() (be__schedule_fuzz.yield ? be__schedule_fuzz.yield() : (void)0)
#define BE__PLANTED(fault) (be__schedule_fuzz.plant == (fault))
#define BE__JOB_LIVES(job) ((job)->lives = 0x4A6F62)
#define BE__JOB_ENDS(job) ((job)->lives = 0)
#define BE__JOB_CHECK(job)                                                                         \
    (*(volatile uint32_t *)&(job)->lives == 0x4A6F62 ? (void)0                                     \
                                                     : be__schedule_fuzz.returned_job_used())

#else

#define BE__YIELD() ((void)0)
#define BE__PLANTED(fault) 0
#define BE__JOB_LIVES(job) ((void)(job))
#define BE__JOB_ENDS(job) ((void)(job))
#define BE__JOB_CHECK(job) ((void)(job))

#endif
#endif
