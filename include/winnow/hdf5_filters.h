/* hdf5_filters.h - makes HDF5's own library know the filters of codec.h that it does not bring: H5Dread then decodes
 * such tables without plugins, which would pull a second HDF5 into the process. To decode outside of it see codec.h. */
#ifndef WINNOW_HDF5_FILTERS_H
#define WINNOW_HDF5_FILTERS_H

/* zstd's number for H5Pset_filter, with one value: the level, 1 to 22. */
enum { WN_HDF5_FILTER_ZSTD = 32015 };

/* Local. Registers bzip2, lzf, blosc, lz4, bitshuffle and zstd, as far as they are built in, for reading, and zstd also
 * for writing; from then on the library loads no plugins, whatever HDF5_PLUGIN_PATH says. Like every call of the
 * library, from one thread at a time; a second time does nothing new. What cannot be decoded is innermost on HDF5's
 * error stack in the codec's own words. Fails: nothing; where HDF5 has no memory for a filter, H5Zfilter_avail does not
 * know it. */
void wn_hdf5_filters_register(void);

#endif
