/* Starts the level of the core that suits the CPU. Compiled for every x86-64; nothing else of this file's
   extension may run before the choice. REDFIELD_CPU_LEVEL=2, 3 or 4 asks for a lower one. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

#ifdef REDFIELD_HAS_x86_64_v2
PyObject* PyInit__core_x86_64_v2(void);
#endif
#ifdef REDFIELD_HAS_x86_64_v3
PyObject* PyInit__core_x86_64_v3(void);
#endif
#ifdef REDFIELD_HAS_x86_64_v4
PyObject* PyInit__core_x86_64_v4(void);
#endif

static int cpu_level(void) {
    __builtin_cpu_init();
    if (!(__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
          __builtin_cpu_supports("ssse3")))
        return 1;
    if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
          __builtin_cpu_supports("bmi2")))
        return 2;
    if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512vl")))
        return 3;
    return 4;
}

PyMODINIT_FUNC PyInit__core(void) {
    const int cpu = cpu_level();
    int wanted = cpu;
    const char* asked = getenv("REDFIELD_CPU_LEVEL");
    if (asked != NULL && asked[0] != '\0') {
        if (asked[0] < '2' || asked[0] > '4' || asked[1] != '\0')
            return PyErr_Format(PyExc_ImportError, "REDFIELD_CPU_LEVEL must be 2, 3 or 4, got \"%s\"", asked);
        wanted = asked[0] - '0';
        if (wanted > cpu)
            return PyErr_Format(PyExc_ImportError, "REDFIELD_CPU_LEVEL is %d, but this CPU is x86-64-v%d",
                                wanted, cpu);
    }
#ifdef REDFIELD_HAS_x86_64_v4
    if (wanted >= 4) return PyInit__core_x86_64_v4();
#endif
#ifdef REDFIELD_HAS_x86_64_v3
    if (wanted >= 3) return PyInit__core_x86_64_v3();
#endif
#ifdef REDFIELD_HAS_x86_64_v2
    if (wanted >= 2) return PyInit__core_x86_64_v2();
#endif
    return PyErr_Format(PyExc_ImportError,
                        "this build of redfield has no code for a CPU of level x86-64-v%d; build it on this "
                        "machine: pip install --no-binary redfield redfield",
                        wanted);
}
