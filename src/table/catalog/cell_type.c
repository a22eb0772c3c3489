#include "cell_type.h"

#include <stdio.h>
#include <string.h>

/* h5py's booleans: an enumeration of FALSE = 0 and TRUE = 1. */
static bool is_boolean(hid_t type)
{
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2)
        return false;
    bool is = true;
    for (unsigned i = 0; i < 2; i++) {
        char *name = H5Tget_member_name(type, i);
        is = is && name != NULL && (strcmp(name, "FALSE") == 0 || strcmp(name, "TRUE") == 0);
        H5free_memory(name);
    }
    return is;
}

static wn_cell_type integer_type(hid_t type)
{
    size_t n_bytes = H5Tget_size(type);
    return (wn_cell_type){.kind = WN_CELL_INTEGER, .fits_float32 = n_bytes <= 2, .is_long = n_bytes >= 8};
}

static wn_cell_type float_type(hid_t type)
{
    size_t sign, exponent_at, exponent = 0, mantissa_at, mantissa = 0;
    bool fits = H5Tget_size(type) <= 4;
    if (fits && H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa) >= 0)
        fits = exponent <= 8 && mantissa <= 23;
    bool is_half = fits && exponent == 5 && mantissa == 10;
    return (wn_cell_type){.kind = fits ? WN_CELL_FLOAT32 : WN_CELL_FLOAT64,
                          .fits_float32 = fits,
                          .is_half = is_half,
                          .is_single = fits && !is_half};
}

static wn_cell_type other_type(H5T_class_t class)
{
    wn_cell_type t = {.kind = WN_CELL_STRING, .problem = "cells of its type"};
    if (class == H5T_STRING)
        t.problem = NULL;
    else if (class == H5T_COMPOUND)
        t.problem = "records in records";
    else if (class == H5T_REFERENCE)
        t.problem = "columns of references";
    else if (class == H5T_BITFIELD)
        t.problem = "columns of bit fields";
    else if (class == H5T_VLEN || class == H5T_ARRAY)
        t.problem = "columns of arrays";
    return t;
}

wn_cell_type wn_cell_type_of(hid_t type)
{
    H5T_class_t class = H5Tget_class(type);
    if (class == H5T_INTEGER)
        return integer_type(type);
    if (class == H5T_FLOAT)
        return float_type(type);
    if (class != H5T_ENUM)
        return other_type(class);
    if (is_boolean(type))
        return (wn_cell_type){.kind = WN_CELL_BOOL, .fits_float32 = true};
    hid_t base = H5Tget_super(type);
    wn_cell_type t = integer_type(base);
    H5Tclose(base);
    return t;
}

static const char *class_name(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_STRING:
        return H5Tis_variable_str(type) > 0 ? "string" : "fixed string";
    case H5T_COMPOUND:
        return "compound";
    case H5T_REFERENCE:
        return "reference";
    case H5T_BITFIELD:
        return "bit field";
    case H5T_VLEN:
        return "variable-length array";
    case H5T_ARRAY:
        return "array";
    case H5T_OPAQUE:
        return "opaque";
    default:
        return "unknown type";
    }
}

void wn_cell_type_name(hid_t type, char *text, size_t n)
{
    H5T_class_t class = H5Tget_class(type);
    size_t bits = 8 * H5Tget_size(type);
    const char *order = bits > 8 && H5Tget_order(type) == H5T_ORDER_BE ? " big-endian" : "";
    if (class == H5T_INTEGER)
        snprintf(text, n, "%s%zu%s", H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int", bits, order);
    else if (class == H5T_FLOAT)
        snprintf(text, n, "float%zu%s", bits, order);
    else if (class == H5T_ENUM)
        snprintf(text, n, "%s", is_boolean(type) ? "bool" : "enumeration");
    else
        snprintf(text, n, "%s", class_name(type));
}
