#include "normal.h"

#include <math.h>
#include <string.h>

static inline uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* log of x = 2^e f with f in [sqrt(1/2), sqrt(2)): e log 2 + 2 artanh((f - 1) / (f + 1)). */
static inline float log_of(float x)
{
    uint32_t shifted = bits_of(x) - 0x3f3504f3u; /* the bits of sqrt(1/2) */
    int32_t exponent = (int32_t)shifted >> 23;
    float f = float_of((shifted & 0x007fffffu) + 0x3f3504f3u);
    float s = (f - 1.0f) / (f + 1.0f), w = s * s;
    float series = (((1.0f / 9.0f * w + 1.0f / 7.0f) * w + 0.2f) * w + 1.0f / 3.0f) * w + 1.0f;
    return (float)exponent * 0.693147181f + 2.0f * s * series;
}

typedef struct {
    float above, below;
} fraction;

static inline fraction centre(float q)
{
    float r = 0.180625f - q * q;
    return (fraction){
        q * (((5.9109374720e+01f * r + 1.5929113202e+02f) * r + 5.0434271938e+01f) * r + 3.3871327179e+00f),
        ((6.7187563600e+01f * r + 7.8757757664e+01f) * r + 1.7895169469e+01f) * r + 1.0f};
}

/* 2^-33 <= p, hence r < 5: the farthest of the three branches is never taken. */
static inline fraction tail(float p)
{
    float r = sqrtf(-log_of(p)) - 1.6f;
    return (fraction){((1.7023821103e-01f * r + 1.3067284816e+00f) * r + 2.7568153900e+00f) * r + 1.4234372777e+00f,
                      (1.2021132975e-01f * r + 7.3700164250e-01f) * r + 1.0f};
}

/* A mask, where a branch would stop the vectorizer. */
static inline float chosen(uint32_t mask, float yes, float no)
{
    return float_of((bits_of(yes) & mask) | (bits_of(no) & ~mask));
}

void wn_normal_of_words(const uint32_t *restrict words, float *restrict z, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int32_t place = (int32_t)(words[i] ^ 0x80000000u); /* in [-2^31, 2^31), 0 in the middle */
        int32_t from_end = 0x7fffffff - (place ^ (place >> 31));
        uint32_t is_near = 0u - (uint32_t)(from_end >= 0x13333334); /* 0.075 x 2^32 */
        fraction near = centre(((float)place + 0.5f) * 0x1p-32f);
        fraction far = tail(((float)from_end + 0.5f) * 0x1p-32f);
        far.above = float_of(bits_of(far.above) ^ ((uint32_t)place & 0x80000000u));
        z[i] = chosen(is_near, near.above, far.above) / chosen(is_near, near.below, far.below);
    }
}

double wn_normal_log(double x)
{
    int exponent;
    double f = frexp(x, &exponent);
    if (f < 0.70710678118654752440) {
        f *= 2;
        exponent--;
    }
    double s = (f - 1) / (f + 1), w = s * s, series = 0;
    for (int k = 21; k >= 1; k -= 2)
        series = series * w + 1.0 / k;
    return exponent * 0.69314718055994530942 + 2 * s * series;
}

/* A polynomial of degree 7, its highest coefficient first. */
static double polynomial(const double c[8], double x)
{
    double sum = c[0];
    for (int i = 1; i < 8; i++)
        sum = sum * x + c[i];
    return sum;
}

static double centre16(double q)
{
    static const double above[] = {2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
                                   4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
                                   1.3314166789178437745e+2, 3.3871328727963666080e+0};
    static const double below[] = {
        5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
        5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0};
    double r = 0.180625 - q * q;
    return q * polynomial(above, r) / polynomial(below, r);
}

static double tail16(double p)
{
    static const double above[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                                   1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0,
                                   4.63033784615654529590e+0, 1.42343711074968357734e+0};
    static const double below[] = {
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0};
    static const double above_far[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                                       2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0,
                                       5.46378491116411436990e+0, 6.65790464350110377720e+0};
    static const double below_far[] = {
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2,  1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0};
    double r = sqrt(-wn_normal_log(p));
    if (r <= 5)
        return polynomial(above, r - 1.6) / polynomial(below, r - 1.6);
    return polynomial(above_far, r - 5) / polynomial(below_far, r - 5);
}

double wn_normal_quantile(double p)
{
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return centre16(q);
    return q < 0 ? -tail16(p) : tail16(1 - p);
}
