/* The module redfield._core._levels, compiled for every x86-64: it runs before the library is chosen. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "cpu_level.h"

PyMODINIT_FUNC PyInit__levels(void) {
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_levels", NULL, -1, NULL};
    PyObject* module = PyModule_Create(&definition);
    if (module != NULL && (PyModule_AddIntConstant(module, "cpu", cpu_level()) != 0 ||
                           PyModule_AddStringConstant(module, "built", REDFIELD_LEVELS) != 0))
        Py_CLEAR(module);
    return module;
}
