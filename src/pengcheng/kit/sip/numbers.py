"""The 20 digits by which GB/T 28181 knows devices, platforms and users."""

from __future__ import annotations

import re

import msgspec

NUMBER = re.compile(r"[0-9]{20}\Z")
PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54"
    " 61 62 63 64 65 71 81 82".split()
)
# The names in common use; (Chinese, English).
KINDS: dict[str, tuple[str, str]] = {
    "111": ("数字视频录像机（DVR）", "Digital video recorder"),
    "112": ("视频服务器", "Video server"),
    "113": ("编码器", "Encoder"),
    "114": ("解码器", "Decoder"),
    "117": ("报警控制器", "Alarm controller"),
    "118": ("网络视频录像机（NVR）", "Network video recorder"),
    "131": ("摄像机", "Camera"),
    "132": ("网络摄像机（IPC）", "Network camera"),
    "133": ("显示器", "Display"),
    "134": ("报警输入设备", "Alarm input"),
    "135": ("报警输出设备", "Alarm output"),
    "136": ("语音输入设备", "Audio input"),
    "137": ("语音输出设备", "Audio output"),
    "138": ("移动传输设备", "Mobile carrier"),
    "200": ("中心信令控制服务器", "Signalling server of a centre"),
    "215": ("业务分组", "Group of a business"),
    "216": ("虚拟组织", "Virtual organisation"),
}
INDUSTRIES: dict[str, tuple[str, str]] = {
    "00": ("社会治安路面", "Public security, streets"),
    "01": ("社会治安社区", "Public security, communities"),
    "02": ("社会治安内部", "Public security, premises"),
    "03": ("社会治安其他", "Public security, other"),
    "04": ("交通路面", "Traffic, roads"),
    "05": ("交通卡口", "Traffic, checkpoints"),
    "06": ("交通内部", "Traffic, premises"),
    "07": ("交通其他", "Traffic, other"),
    "08": ("城市管理", "City management"),
    "09": ("卫生环保", "Health and environment"),
}
CAMERAS = frozenset({"131", "132"})


class Number(msgspec.Struct, frozen=True):
    """What the digits say: place, industry, kind, network and serial."""

    area: str  # 8 digits; the first six are an administrative division
    industry: str
    kind: str
    network: str
    serial: str

    @property
    def is_camera(self) -> bool:
        return self.kind in CAMERAS


def read(told: str) -> Number | None:
    """None when it is no such number."""
    if not NUMBER.match(told) or told[:2] not in PROVINCES:
        return None
    return Number(told[:8], told[8:10], told[10:13], told[13], told[14:])


def kind(code: str, *, english: bool) -> str:
    return KINDS.get(code, ("其他类型", "Other kind"))[english]


def industry(code: str, *, english: bool) -> str:
    return INDUSTRIES.get(code, ("其他行业", "Other industry"))[english]


def domain(number: str) -> str:
    """The SIP domain that a platform's number stands for: its first ten digits."""
    return number[:10]
